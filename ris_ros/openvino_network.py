"""Networks in OpenVINO in place of torch: faster on a CPU where a network is a plain graph."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
import sys
from threading import Lock
import warnings

import torch
from torch import Tensor, nn

from ris_ros.errors import ModelError

# The device of a pipeline whose plain networks run in OpenVINO, and all else in torch on the CPU.
OPENVINO = 'openvino'

_HINTS = {torch.float32: 'f32', torch.bfloat16: 'bf16'}

# What openvino reports its use with over the network, from its import on and unasked. It does
# without where this cannot be imported.
_REPORTER = 'openvino_telemetry'

_MAKING = Lock()


def torch_device(device: str) -> str:
    """Return where torch computes what OpenVINO does not."""
    return 'cpu' if device == OPENVINO else device


class OpenVinoNetwork:
    """A network of torch, converted and compiled for this CPU; any thread may call it.

    It takes float32 tensors, of any size where the network does, and returns a float32 tensor or
    a tuple of them.  It takes as many threads as torch does when it is called.
    """

    def __init__(self, network: nn.Module, example: tuple[Tensor, ...],
                 dtype: torch.dtype = torch.float32) -> None:
        """Convert a network, traced with example inputs, and compile it.

        dtype: what it computes with.
        Raises ModelError where OpenVINO is not installed.
        """
        openvino, decoder, frontend = _import_openvino()
        with torch.inference_mode(), warnings.catch_warnings():
            # torch.jit, by which OpenVINO reads a network, warns of its age and of each constant.
            warnings.simplefilter('ignore')
            # Unchecked: to check it is to run it again, which costs more than all the rest.
            traced = torch.jit.trace(network.eval(), example, check_trace=False)
            decoded = decoder(traced, example_input=example)  # it has to outlive the conversion
            self._model = frontend.convert(frontend.load(decoded))
        with _MAKING:
            self._core = _only_core(openvino)
        self._hint = _HINTS[dtype]
        self._compiled: dict[int, object] = {}  # by the number of threads
        self._for_threads(torch.get_num_threads())

    def __call__(self, *inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return the outputs of the network."""
        compiled = self._for_threads(torch.get_num_threads())
        # A request of its own for each call, because one serves a single thread.
        found = compiled.create_infer_request().infer([value.numpy() for value in inputs])
        outputs = tuple(torch.from_numpy(found[port]) for port in compiled.outputs)
        return outputs if len(outputs) > 1 else outputs[0]

    def _for_threads(self, count: int) -> object:
        """Return the network compiled for so many threads, which is done once."""
        if count not in self._compiled:
            self._compiled[count] = self._core.compile_model(self._model, 'CPU', {
                'INFERENCE_NUM_THREADS': count, 'INFERENCE_PRECISION_HINT': self._hint})
        return self._compiled[count]


@cache
def _only_core(openvino: object) -> object:
    """Return the one core of this process, which stays until its end; one thread may ask at a time.

    A core that compiles for the CPU gives the calling thread a stack for signals, and takes its
    memory back when it goes.  Of two cores that do not go in the opposite order of their coming,
    or that go in another thread, one leaves the thread a stack that is no more: Python's next
    signal, be it Ctrl-C, then kills the process.
    """
    return openvino.Core()


def _import_openvino() -> tuple[object, type, object]:
    """Return the package, its decoder of torch's networks, and what converts them."""
    try:
        with _hidden(_REPORTER):
            import openvino
            from openvino.frontend import FrontEndManager
            from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
    except ImportError as error:
        raise ModelError(f'The device {OPENVINO!r} needs the package openvino ({error}); install '
                         'it with: pip install openvino') from error
    return openvino, TorchScriptPythonDecoder, FrontEndManager().load_by_framework('pytorch')


@contextmanager
def _hidden(name: str) -> Iterator[None]:
    """Let a package that was not imported yet be as if it were not installed."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None
    try:
        yield
    finally:
        del sys.modules[name]
