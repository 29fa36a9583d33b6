//! Checks that the program was started by the launcher of the MPI that it is linked with.

/// Environment variables in which launchers set the number of processes.
const COUNTS: [(&str, &str); 3] = [
    ("OMPI_COMM_WORLD_SIZE", "mpirun of Open MPI"),
    ("PMI_SIZE", "mpirun of MPICH, or another one that speaks PMI"),
    ("SLURM_STEP_NUM_TASKS", "srun of Slurm"),
];

/// Rejects a program that is one of several for its launcher, and alone for its MPI library.
pub(crate) fn check(size: i32) -> Result<(), String> {
    let started = COUNTS.iter().find_map(|(name, launcher)| {
        let count: i32 = std::env::var(name).ok()?.parse().ok()?;
        (count > 1 && size == 1).then_some((count, *launcher))
    });
    let Some((count, launcher)) = started else { return Ok(()) };
    let library = mpi::environment::library_version().unwrap_or_default();
    let library = library.lines().next().unwrap_or("unknown").trim();
    let library = library.split(',').next().unwrap_or(library).replace('\t', " ");
    Err(format!(
        "launcher: found {count} processes, started by {launcher}, each of which is alone for its \
         MPI library, {library}; expected the launcher of that library; Debian has both, as \
         mpirun.openmpi and mpirun.mpich, and under Slurm `srun --mpi=list` shows what there is"
    ))
}
