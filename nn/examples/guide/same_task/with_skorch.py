"""The task that `ours.rs` describes, in skorch on PyTorch."""

import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import Checkpoint, EarlyStopping, GradientNormClipping, LoadInitState, LRScheduler
from skorch.dataset import Dataset
from skorch.helper import predefined_split
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR


def train(x, y, validation, test):
    torch.manual_seed(1)
    keep = Checkpoint(dirname="run", monitor=None)
    steps = 30 * -(-len(x) // 64)
    net = NeuralNetClassifier(
        nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, 10)),
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.AdamW,
        lr=1e-3,
        max_epochs=30,
        batch_size=64,
        iterator_train__shuffle=True,
        train_split=predefined_split(Dataset(*validation)),
        callbacks=[
            LRScheduler(OneCycleLR, max_lr=1e-3, total_steps=steps, pct_start=0.1, step_every="batch"),
            GradientNormClipping(1.0),
            EarlyStopping(patience=5, load_best=True),
            keep,
            LoadInitState(keep),
        ],
    )
    net.fit(x, y)
    return net.score(*test)
