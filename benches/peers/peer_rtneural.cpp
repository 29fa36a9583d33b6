// RTNeural, which predicts one sample with networks whose sizes are types: the workloads F1 and Ftiny.
//
// The command line and the numbers are those of ../protocol.rs. compare.py --build compiles this if RTNEURAL names
// a checkout of https://github.com/jatinchowdhury18/RTNeural with its submodule.

#include <RTNeural/RTNeural.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using Digits = RTNeural::ModelT<float, 784, 10, RTNeural::DenseT<float, 784, 128>, RTNeural::ReLuActivationT<float, 128>,
                                RTNeural::DenseT<float, 128, 10>>;
using Tiny = RTNeural::ModelT<float, 2, 1, RTNeural::DenseT<float, 2, 16>, RTNeural::TanhActivationT<float, 16>,
                              RTNeural::DenseT<float, 16, 16>, RTNeural::TanhActivationT<float, 16>,
                              RTNeural::DenseT<float, 16, 1>>;

static uint32_t hash(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    return x ^ x >> 16;
}

static double uniform(uint32_t stream, uint32_t index) {
    return (hash(index + hash(stream + 1)) >> 8) / 16777216.0;
}

// The first weights of a layer; RTNeural wants a row for every output. The biases are zero.
template <typename Dense>
static void fill(Dense& dense, int layer, int inputs, int outputs) {
    const double bound = std::sqrt(6.0 / (inputs + outputs));
    std::vector<std::vector<float>> weights(outputs, std::vector<float>(inputs));
    for (int i = 0; i < inputs; i++)
        for (int o = 0; o < outputs; o++)
            weights[o][i] = (float) ((2.0 * uniform(layer, i * outputs + o) - 1.0) * bound);
    dense.setWeights(weights);
    dense.setBias(std::vector<float>(outputs, 0.0f).data());
}

struct Options {
    std::string peer = "rtneural", workloads = "F1", data;
    int threads = 1;
    double seconds = 1.5;
    bool check = false;

    void emit(const std::string& workload, const char* metric, double value, const char* unit) const {
        std::printf("{\"peer\":\"%s\",\"workload\":\"%s\",\"threads\":%d,\"metric\":\"%s\",\"value\":%.9g,\"unit\":\"%s\"}\n",
                    peer.c_str(), workload.c_str(), threads, metric, value, unit);
    }
};

// 4096 images, or all there are, from the file or its compressed form.
static std::vector<float> images(const std::string& directory) {
    const std::string file = directory + "/train-images-idx3-ubyte";
    const bool plain = std::ifstream(file).good();
    FILE* bytes = popen(((plain ? "cat '" + file : "gzip -dc '" + file + ".gz") + "'").c_str(), "r");
    std::vector<unsigned char> content(16 + 4096 * 784);
    const size_t count = bytes ? fread(content.data(), 1, content.size(), bytes) : 0;
    if (bytes) pclose(bytes);
    if (count < 16 + 2 * 784) throw std::runtime_error("no images in " + directory);
    std::vector<float> x((count - 16) / 784 * 784);
    for (size_t k = 0; k < x.size(); k++) x[k] = content[16 + k] / 255.0f;
    return x;
}

// Median over chunks of some 20 ms, after a warm-up.
template <typename Call>
static double seconds_per_call(double seconds, Call call) {
    using Clock = std::chrono::steady_clock;
    const auto since = [](Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); };
    const auto timed = [&](long calls) {
        const auto start = Clock::now();
        for (long k = 0; k < calls; k++) call();
        return since(start);
    };
    auto start = Clock::now();
    long calls = 1;
    double best = 1e9;
    while (since(start) < 0.3 * seconds) {
        const double took = timed(calls);
        best = std::min(best, took / calls);
        if (took < 0.02) calls *= 2;
    }
    calls = std::max(1L, std::lround(0.02 / best));
    std::vector<double> times;
    start = Clock::now();
    while (times.size() < 4 || since(start) < seconds) times.push_back(timed(calls) / calls);
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

template <typename Model>
static void run(const Options& options, const std::string& workload, Model& model, const std::vector<float>& x, size_t width) {
    const size_t rows = x.size() / width;
    // Its Eigen backend reads the input as aligned memory.
    alignas(64) float input[784];
    size_t row = 0;
    const auto predict = [&] {
        std::copy_n(&x[row * width], width, input);
        row = row + 1 == rows ? 0 : row + 1;
        model.forward(input);
        volatile float first = model.getOutputs()[0];
        return (float) first;
    };
    if (options.check) {
        options.emit(workload, "out@0", predict(), "1");
        options.emit(workload, "out@1", predict(), "1");
        return;
    }
    const double took = seconds_per_call(options.seconds, predict);
    options.emit(workload, "latency_us", took * 1e6, "us");
    options.emit(workload, "samples_per_s", 1.0 / took, "samples/s");
}

int main(int count, char** arguments) {
    Options options;
    if (const char* data = std::getenv("PEERS_DATA")) options.data = data;
    for (int k = 1; k < count; k++) {
        const std::string name = arguments[k];
        if (name == "--check") options.check = true;
        else if (k + 1 == count) break;
        else if (name == "--peer") options.peer = arguments[++k];
        else if (name == "--workloads") options.workloads = arguments[++k];
        else if (name == "--threads") options.threads = std::atoi(arguments[++k]);
        else if (name == "--secs") options.seconds = std::atof(arguments[++k]);
        else if (name == "--data") options.data = arguments[++k];
    }
    std::istringstream names(options.workloads);
    for (std::string name; std::getline(names, name, ',');) {
        if (name == "F1") {
            static Digits model;
            fill(model.get<0>(), 0, 784, 128);
            fill(model.get<2>(), 1, 128, 10);
            run(options, name, model, images(options.data), 784);
        } else if (name == "Ftiny") {
            static Tiny model;
            fill(model.get<0>(), 0, 2, 16);
            fill(model.get<2>(), 1, 16, 16);
            fill(model.get<4>(), 2, 16, 1);
            std::vector<float> x(2048);
            for (size_t k = 0; k < x.size(); k++) x[k] = (float) (2.0 * uniform(1000, (uint32_t) k) - 1.0);
            run(options, name, model, x, 2);
        }
    }
}
