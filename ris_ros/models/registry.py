# SPDX-License-Identifier: Apache-2.0
"""Weights: where they are looked for, and those that can be fetched, with size and hash."""
from __future__ import annotations

from dataclasses import dataclass, replace
import os
from pathlib import Path

from ris_ros.errors import ModelError

PACKAGED = Path(__file__).resolve().parent


@dataclass(frozen=True)
class ModelFile:
    """One weights file, and the small files that a model of transformers has beside it.

    Attributes:
        name: Its name in ``ris models``.
        file: Its name in the user's folder and on a mirror.
        url: Where it is fetched from.
        size: Bytes; None if unknown.
        sha256: 64 hex digits; '' if unknown: the first fetch or verify pins the hash it finds.
        licence: Of the weights.
        purpose: What it is for, in words.
        architecture: open_clip's name of a CLIP model, or the model type of SAM.
        companions: Names of further files of the model, which lie beside the file here as there.
            Profiles name the folder of such a model.
        access_page: Where access is asked for if the files are only given to those who accept
            the licence; '' if anybody may fetch them.
    """

    name: str
    file: str
    url: str
    size: int | None
    sha256: str
    licence: str
    purpose: str
    architecture: str
    companions: tuple[str, ...] = ()
    access_page: str = ''

    @property
    def place(self) -> str:
        """What a profile names: the file, or the folder of a model that has several files."""
        return str(Path(self.file).parent) if self.companions else self.file

    @property
    def parts(self) -> tuple[ModelFile, ...]:
        """All files of the model, this one first."""
        return (self, *(replace(
            self, name=f'{self.name}/{name}', file=str(Path(self.file).with_name(name)),
            url=f'{self.url.rpartition("/")[0]}/{name}', size=None, sha256='', companions=())
            for name in self.companions))


def _sam(kind: str, suffix: str, size: int, sha256: str) -> ModelFile:
    """Describe a checkpoint of segment_anything, as its README links it."""
    file = f'sam_{kind}_{suffix}.pth'
    return ModelFile(f'sam_{kind}', file,
                     f'https://dl.fbaipublicfiles.com/segment_anything/{file}',
                     size, sha256, 'Apache-2.0', f'Segment Anything proposals, {kind}', kind)


def _clip(name: str, architecture: str, repository: str, size: int | None,
          sha256: str) -> ModelFile:
    """Describe OpenAI's weights with open_clip's key names, as open_clip itself fetches them.

    The repository has its revision, so that the URL always means the same bytes.
    """
    project, revision = repository.split('@')
    return ModelFile(name, f'{name}_openai.safetensors',
                     f'https://huggingface.co/timm/{project}/resolve/{revision}/'
                     'open_clip_model.safetensors',
                     size, sha256, 'MIT', f"OpenAI's CLIP, architecture {architecture}",
                     architecture)


def _open_clip(name: str, architecture: str, repository: str, licence: str,
               companions: tuple[str, ...] = ()) -> ModelFile:
    """Describe weights that open_clip's authors publish, of another family than the first CLIP.

    The hashes are not known to us, so that the first fetch pins what it finds; nor are revisions.
    """
    return ModelFile(f'clip_{name}', f'{name}/open_clip_model.safetensors',
                     f'https://huggingface.co/timm/{repository}/resolve/main/'
                     'open_clip_model.safetensors', None, '', licence,
                     f'open_clip, architecture {architecture}', architecture,
                     ('open_clip_config.json', *companions))


_TOKENIZER = ('tokenizer.json', 'tokenizer_config.json')


def _folder(name: str, repository: str, licence: str, purpose: str,
            companions: tuple[str, ...] = ('config.json',), access_page: str = '') -> ModelFile:
    """Describe a model of transformers by its repository.

    The hashes are not known to us, so that the first fetch pins what it finds; nor are revisions.
    """
    folder = repository.rpartition('/')[2].replace('-', '_').lower()
    return ModelFile(name, f'{folder}/model.safetensors',
                     f'https://huggingface.co/{repository}/resolve/main/model.safetensors', None,
                     '', licence, purpose, name, companions, access_page)


MODELS = (
    _sam('vit_b', '01ec64', 375042383,
         'ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912'),
    _sam('vit_l', '0b3195', 1249524607,
         '3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622'),
    _sam('vit_h', '4b8939', 2564550879,
         'a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e'),
    _clip('clip_vit_b_32', 'ViT-B-32-quickgelu',
          'vit_base_patch32_clip_224.openai@a6f597a30f7b82c51704746581f9a4e41421e878', 605143284,
          'e6d1bd7789aa45192b3bf90570a789b478bae1b74ebcce7eddd908e83a2b7c31'),
    _clip('clip_vit_b_16', 'ViT-B-16-quickgelu',
          'vit_base_patch16_clip_224.openai@977e3dd0ec55ab8da155f2fbeb6b5f54948b6e3d', 598516980,
          '4b8699299b1e8997753c64b052ba32031449d5d853f55a039148560ee02b820f'),
    _clip('clip_vit_l_14', 'ViT-L-14-quickgelu',
          'vit_large_patch14_clip_224.openai@18d0535469bb561bf468d76c1d73aa35156c922b', None,
          '9ce2e8a8ebfff3793d7d375ad6d3c35cb9aebf3de7ace0fc7308accab7cd207e'),
    _clip('clip_rn50', 'RN50-quickgelu',
          'resnet50_clip.openai@ec3d92cf63a5f9d591f0d611b736895966c73076', 408291932,
          'da0baa37fb2211eee5729ab69ed587eb10d48f5b7076ceeed01552fc3d4cb4ee'),
    *(_open_clip(f'siglip2_{suffix}', f'ViT-{name}', f'ViT-{name}', 'Apache-2.0', _TOKENIZER)
      for suffix, name in (('b_16', 'B-16-SigLIP2'), ('b_32_256', 'B-32-SigLIP2-256'),
                           ('l_16_256', 'L-16-SigLIP2-256'))),
    *(_open_clip(f'pe_core_{suffix}', f'PE-Core-{name}', f'PE-Core-{name}', 'Apache-2.0')
      for suffix, name in (('t_16', 'T-16-384'), ('s_16', 'S-16-384'), ('b_16', 'B-16'),
                           ('l_14', 'L-14-336'))),
    *(_open_clip(f'mobileclip2_{suffix}', f'MobileCLIP2-{name}', f'MobileCLIP2-{name}-OpenCLIP',
                 'Apple ML Research Model, not for commerce')
      for suffix, name in (('s0', 'S0'), ('s2', 'S2'), ('b', 'B'))),
    *(_folder(f'sam2_{size.replace("-", "_")}', f'facebook/sam2.1-hiera-{size}', 'Apache-2.0',
              f'SAM 2.1 proposals, Hiera {size}')
      for size in ('tiny', 'small', 'base-plus', 'large')),
    _folder('edgetam', 'yonigozlan/EdgeTAM-hf', 'Apache-2.0', 'EdgeTAM proposals, RepViT M1'),
    _folder('sam3', 'facebook/sam3', 'SAM License', 'SAM 3: masks of a noun',
            ('config.json', 'tokenizer.json'), 'https://huggingface.co/facebook/sam3'),
)


def find_model(name: str) -> ModelFile:
    """Return the entry of a name or file name.

    Raises:
        ModelError: There is none; the message lists the names.
    """
    for model in MODELS:
        if name in (model.name, model.file, model.place):
            return model
    raise ModelError(f'There is no model {name!r}; expected one of '
                     f'{", ".join(model.name for model in MODELS)}.')


def find_clip(architecture: str) -> ModelFile:
    """Return the CLIP weights of an open_clip architecture.

    Raises:
        ModelError: There are none; the message lists the architectures.
    """
    clips = {model.architecture: model for model in MODELS if model.name.startswith('clip_')}
    if architecture not in clips:
        raise ModelError(f'There are no known weights of the architecture {architecture!r}; give '
                         f'a weights file of it, or one of {", ".join(clips)}.')
    return clips[architecture]


def fetch_hint(path: Path) -> str:
    """Return a sentence that tells how to fetch a missing file, '' if it is not in the registry."""
    for model in MODELS:
        if path.name == model.place:
            return (f' `ris models fetch {model.name}` fetches it, and `ris models fetch --profile '
                    'NAME` all that a profile needs.')
    return ''


def user_folder() -> Path:
    """Return the folder for the user's own weights (RIS_MODELS_DIR, or the XDG cache)."""
    if chosen := os.environ.get('RIS_MODELS_DIR'):
        return Path(chosen)
    return cache_folder()


def cache_folder() -> Path:
    """Return the folder for what can be computed or fetched again (in the XDG cache)."""
    cache = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(cache) / 'ris_ros'


def find_model_file(name: str) -> Path:
    """Look for a profile's file: as given, in the package, then in the user's folder.

    Args:
        name: Path, absolute or relative to the working directory, the package or the folder.

    Returns:
        The path. A file that does not exist gets its path in the user's folder, so that the error
        of whoever opens it tells where to put it.
    """
    given = Path(name).expanduser()
    for folder in (Path.cwd(), PACKAGED):
        if (folder / given).exists():
            return folder / given
    return user_folder() / given
