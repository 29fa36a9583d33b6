"""ONNX Runtime, which predicts: a graph of Gemm and Relu or Tanh."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import protocol


def model(workload):
    nodes, constants, at = [], [], "x"
    for layer, (inputs, outputs) in enumerate(workload.layers()):
        w, b = protocol.weights(layer, inputs, outputs), np.zeros(outputs, np.float32)
        constants += [numpy_helper.from_array(w, f"w{layer}"), numpy_helper.from_array(b, f"b{layer}")]
        nodes.append(helper.make_node("Gemm", [at, f"w{layer}", f"b{layer}"], [f"z{layer}"]))
        at = f"z{layer}"
        if layer < len(workload.layers()) - 1:
            nodes.append(helper.make_node(workload.activation.title(), [at], [f"h{layer}"]))
            at = f"h{layer}"
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [workload.batch, workload.widths[0]])
    y = helper.make_tensor_value_info(at, TensorProto.FLOAT, [workload.batch, workload.widths[-1]])
    graph = helper.make_graph(nodes, "network", [x], [y], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def predict(workload, x, threads):
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(
        model(workload).SerializeToString(), settings, providers=["CPUExecutionProvider"]
    )
    return lambda rows: session.run(None, {"x": x[rows]})[0]


protocol.main("onnxruntime", predict=predict)
