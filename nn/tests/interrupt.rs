//! Ctrl-C ends a training after its step, and a second one ends the program: tested on a separate
//! process.
#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nn::data::Dataset;
use nn::{Event, fit, network};

network! { struct Line(dense(1 -> 1)); }

/// The body of the process that the other tests start; otherwise does nothing. It trains without
/// end, and prints on standard output when it has taken its first steps.
#[test]
fn child() {
    let Some(directory) = std::env::var_os("INTERRUPT_DIRECTORY") else { return };
    let stays = std::env::var_os("INTERRUPT_STAYS").is_some();
    // An epoch of minutes, so that the display prints little.
    let data: Dataset<[f32; 1], [f32; 1]> = (0..100_000).map(|_| ([1.0], [1.0])).collect();
    let mut steps = 0;
    let training = fit(&mut Line::init(1), &data)
        .epochs(10)
        .batch_size(1)
        .checkpoint(Path::new(&directory))
        .stop_on_ctrl_c()
        .observe(move |event: &Event<'_, Line>| {
            steps += u32::from(matches!(event, Event::Step { .. }));
            if steps == 3 {
                println!("\nthree steps");
                if stays {
                    std::thread::sleep(Duration::from_secs(600));
                }
            }
            std::thread::sleep(Duration::from_millis(1));
            std::ops::ControlFlow::Continue(())
        })
        .run();
    println!("\nended with {} epochs", training.unwrap().epochs.len());
}

struct Directory(std::path::PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let name = format!("nn-interrupt-{name}-{}", std::process::id());
        Directory(std::env::temp_dir().join(name))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Starts the process and waits until it has taken three steps.
fn started(directory: &Path, stays: bool) -> Child {
    // The shell may have made the tests ignore these signals.
    let mut command = Command::new("env");
    command.arg("--default-signal=INT,TERM,HUP").arg(std::env::current_exe().unwrap());
    command.args(["child", "--exact", "--nocapture"]);
    command.env("INTERRUPT_DIRECTORY", directory);
    if stays {
        command.env("INTERRUPT_STAYS", "1");
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "three steps"), "no step was taken");
    child
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

/// Its standard error after it has ended, and its exit status.
fn ended(mut child: Child) -> (String, Option<i32>) {
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("it has not ended");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut says = String::new();
    child.stderr.take().unwrap().read_to_string(&mut says).unwrap();
    (says, child.wait().unwrap().code())
}

#[test]
fn one_ends_the_training_with_a_checkpoint_and_the_command_that_goes_on() {
    for name in ["-INT", "-TERM"] {
        let directory = Directory::new(name);
        let child = started(&directory.0, false);
        signal(&child, name);
        let (says, status) = ended(child);
        assert_eq!(status, Some(0), "{says}");
        assert!(says.contains("stopped after step "), "{says}");
        assert!(says.contains("child --exact --nocapture"), "{says}");
        assert!(std::fs::read_dir(&directory.0).unwrap().count() >= 1, "no checkpoint");
        let again = started(&directory.0, false);
        signal(&again, name);
        let (says, _) = ended(again);
        assert!(says.contains("resumes from "), "{says}");
    }
}

#[test]
fn a_second_one_ends_the_program() {
    let directory = Directory::new("second");
    let child = started(&directory.0, true);
    signal(&child, "-INT");
    std::thread::sleep(Duration::from_millis(200));
    signal(&child, "-INT");
    let (says, status) = ended(child);
    assert_eq!(status, Some(130), "{says}");
}
