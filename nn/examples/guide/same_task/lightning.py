"""The task that `ours.rs` describes, in Lightning 2.6 on PyTorch."""

import lightning
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset


class Model(lightning.LightningModule):
    def __init__(self, steps):
        super().__init__()
        self.save_hyperparameters()
        self.layers = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, 10))

    def training_step(self, batch, _):
        x, y = batch
        return cross_entropy(self.layers(x), y)

    def validation_step(self, batch, _):
        x, y = batch
        self.log("loss", cross_entropy(self.layers(x), y))

    def test_step(self, batch, _):
        x, y = batch
        self.log("accuracy", (self.layers(x).argmax(1) == y).float().mean())

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), 1e-3)
        rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, self.hparams.steps, pct_start=0.1)
        return [optimizer], [{"scheduler": rate, "interval": "step"}]


def train(train, validation, test):
    lightning.seed_everything(1)
    loader = DataLoader(TensorDataset(*train), batch_size=64, shuffle=True)
    validation = DataLoader(TensorDataset(*validation), batch_size=1024)
    test = DataLoader(TensorDataset(*test), batch_size=1024)
    best = ModelCheckpoint("run", monitor="loss", save_last=True)
    stop = EarlyStopping("loss", patience=5)
    trainer = lightning.Trainer(max_epochs=30, gradient_clip_val=1.0, callbacks=[best, stop])
    trainer.fit(Model(30 * len(loader)), loader, validation, ckpt_path="last")
    return trainer.test(dataloaders=test, ckpt_path="best")[0]["accuracy"]
