//! The task that `ours.rs` describes, in burn 0.22. Its early stopping gives the last network back,
//! and its clipping is of each tensor by itself; a run goes on from an epoch that is named by hand.

use burn::data::dataloader::{DataLoaderBuilder, batcher::Batcher};
use burn::data::dataset::InMemDataset;
use burn::grad_clipping::GradientClippingConfig;
use burn::lr_scheduler::composed::ComposedLrSchedulerConfig;
use burn::lr_scheduler::{
    cosine::CosineAnnealingLrSchedulerConfig, linear::LinearLrSchedulerConfig,
};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig, Relu};
use burn::optim::AdamWConfig;
use burn::prelude::*;
use burn::train::metric::store::{Aggregate, Direction, Split};
use burn::train::metric::{AccuracyMetric, LossMetric};
use burn::train::{ClassificationOutput, InferenceStep, Learner, MetricEarlyStoppingStrategy};
use burn::train::{StoppingCondition, SupervisedTraining, TrainOutput, TrainStep};

#[derive(Module, Debug)]
struct Model {
    hidden: Linear,
    dropout: Dropout,
    output: Linear,
}

impl Model {
    fn new(device: &Device) -> Self {
        Model {
            hidden: LinearConfig::new(784, 128).init(device),
            dropout: DropoutConfig::new(0.1).init(),
            output: LinearConfig::new(128, 10).init(device),
        }
    }

    fn forward(&self, images: Tensor<2>) -> Tensor<2> {
        let hidden = Relu::new().forward(self.hidden.forward(images));
        self.output.forward(self.dropout.forward(hidden))
    }

    fn classify(&self, batch: Images) -> ClassificationOutput {
        let output = self.forward(batch.images);
        let loss = CrossEntropyLossConfig::new().init(&output.device());
        let loss = loss.forward(output.clone(), batch.classes.clone());
        ClassificationOutput::new(loss, output, batch.classes)
    }
}

impl TrainStep for Model {
    type Input = Images;
    type Output = ClassificationOutput;

    fn step(&self, batch: Images) -> TrainOutput<ClassificationOutput> {
        let output = self.classify(batch);
        TrainOutput::new(self, output.loss.backward(), output)
    }
}

impl InferenceStep for Model {
    type Input = Images;
    type Output = ClassificationOutput;

    fn step(&self, batch: Images) -> ClassificationOutput {
        self.classify(batch)
    }
}

#[derive(Clone, Debug)]
struct Images {
    images: Tensor<2>,
    classes: Tensor<1, Int>,
}

#[derive(Clone)]
struct ImageBatcher;

type Row = ([f32; 784], i64);

impl Batcher<Row, Images> for ImageBatcher {
    fn batch(&self, rows: Vec<Row>, device: &Device) -> Images {
        let count = rows.len();
        let (images, classes): (Vec<[f32; 784]>, Vec<i64>) = rows.into_iter().unzip();
        let images = TensorData::new(images.into_flattened(), [count, 784]);
        Images {
            images: Tensor::from_data(images, device),
            classes: Tensor::from_data(TensorData::new(classes, [count]), device),
        }
    }
}

fn train(train: Vec<Row>, validation: Vec<Row>, test: Vec<Row>, device: Device) -> f64 {
    device.seed(1);
    let steps = 30 * train.len().div_ceil(64);
    let loader = |rows| {
        DataLoaderBuilder::new(ImageBatcher)
            .batch_size(64)
            .shuffle(1)
            .build(InMemDataset::new(rows))
    };
    let schedule = ComposedLrSchedulerConfig::new()
        .linear(LinearLrSchedulerConfig::new(1e-8, 1.0, steps / 10))
        .cosine(CosineAnnealingLrSchedulerConfig::new(1e-3, steps));
    let optimizer = AdamWConfig::new().with_grad_clipping(Some(GradientClippingConfig::Norm(1.0)));
    let training = SupervisedTraining::new("run", loader(train), loader(validation))
        .metrics((AccuracyMetric::new(), LossMetric::new()))
        .with_default_checkpointers()
        .early_stopping(MetricEarlyStoppingStrategy::new(
            &LossMetric::new(),
            Aggregate::Mean,
            Direction::Lowest,
            Split::Valid,
            StoppingCondition::NoImprovementSince { n_epochs: 5 },
        ))
        .num_epochs(30);
    let model = training
        .launch(Learner::new(Model::new(&device), optimizer.init(), schedule.init().unwrap()))
        .model;
    let count = test.len();
    let batch = ImageBatcher.batch(test, &device);
    let right = model.forward(batch.images).argmax(1).squeeze::<1>().equal(batch.classes);
    right.int().sum().into_scalar::<i64>() as f64 / count as f64
}
