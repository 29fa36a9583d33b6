"""Reads the events next to it with TensorBoard, and compares what it finds with what the test has written.

    pip install tensorboard==2.20.0
    UPDATE_TENSORBOARD=1 cargo test --release -p nn --lib tensorboard && python nn/tests/tensorboard/check.py
"""

from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(str(Path(__file__).parent), size_guidance={"scalars": 0})
events.Reload()
epochs = {"loss": 0.5, "validation_loss": 0.25, "validation_accuracy": 0.75, "F1": 0.125, "seconds": 2.0}
expected = {f"epoch/{name}": [(150, value), (300, value)] for name, value in epochs.items()}
expected["step/loss"] = [(step, 1 / step) for step in range(2, 301, 2)]
expected["step/rate"] = [(step, 0.5) for step in range(2, 301, 2)]
assert sorted(events.Tags()["scalars"]) == sorted(expected), events.Tags()
for tag, points in expected.items():
    found = events.Scalars(tag)
    assert [point.step for point in found] == [step for step, _ in points], tag
    assert all(point.wall_time == 1_700_000_000.25 for point in found), tag
    for point, (_, value) in zip(found, points):
        assert abs(point.value - value) <= 1e-7 * abs(value), (tag, point, value)
    print(f"{tag}: {len(found)} points")
print("TensorBoard reads every point")
