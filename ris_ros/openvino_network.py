"""Networks in OpenVINO in place of torch: faster on a CPU where a network is a plain graph."""
from __future__ import annotations

import warnings

import torch
from torch import Tensor, nn

from ris_ros.errors import ModelError

# The device of a pipeline whose plain networks run in OpenVINO, and all else in torch on the CPU.
OPENVINO = 'openvino'

_HINTS = {torch.float32: 'f32', torch.bfloat16: 'bf16'}


def torch_device(device: str) -> str:
    """Return where torch computes what OpenVINO does not."""
    return 'cpu' if device == OPENVINO else device


class OpenVinoNetwork:
    """A network of torch, converted and compiled for this CPU; any thread may call it.

    It takes float32 tensors, of any size where the network does, and returns a float32 tensor or
    a tuple of them.
    """

    def __init__(self, network: nn.Module, example: tuple[Tensor, ...],
                 dtype: torch.dtype = torch.float32) -> None:
        """Convert a network, traced with example inputs.

        dtype: what it computes with.  It takes as many threads as torch does now.
        Raises ModelError where OpenVINO is not installed.
        """
        openvino, decoder, frontend = _import_openvino()
        # Not by openvino.convert_model, which sends statistics of each conversion to its makers.
        with torch.inference_mode(), warnings.catch_warnings():
            # torch.jit, by which OpenVINO reads a network, warns of its age and of each constant.
            warnings.simplefilter('ignore')
            traced = decoder(network, example_input=example)
        model = frontend.convert(frontend.load(traced))
        self._compiled = openvino.Core().compile_model(model, 'CPU', {
            'INFERENCE_NUM_THREADS': torch.get_num_threads(),
            'INFERENCE_PRECISION_HINT': _HINTS[dtype]})

    def __call__(self, *inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return the outputs of the network."""
        # A request of its own for each call, because one serves a single thread.
        request = self._compiled.create_infer_request()
        found = request.infer([value.numpy() for value in inputs])
        outputs = tuple(torch.from_numpy(found[port]) for port in self._compiled.outputs)
        return outputs if len(outputs) > 1 else outputs[0]


def _import_openvino() -> tuple[object, type, object]:
    """Return the package, its decoder of torch's networks, and what converts them."""
    try:
        import openvino
        from openvino.frontend import FrontEndManager
        from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
    except ImportError as error:
        raise ModelError(f'The device {OPENVINO!r} needs the package openvino ({error}); install '
                         'it with: pip install openvino') from error
    return openvino, TorchScriptPythonDecoder, FrontEndManager().load_by_framework('pytorch')
