# SPDX-License-Identifier: Apache-2.0
"""The manifest and the compose file name only what is there, and fit the schema of Ray Serve."""
from pathlib import Path
import re
import shlex

import pytest
import yaml

from ris_ros.cli.main import make_parser
from ris_ros.pool_server.settings import PoolSettings

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / 'deploy'
SERVICE = yaml.safe_load((DEPLOY / 'rayservice.yaml').read_text())
COMPOSE = yaml.safe_load((DEPLOY / 'compose.yaml').read_text())


def test_the_serve_config_of_the_manifest_fits_the_schema_and_builds_the_application():
    pytest.importorskip('grpc', reason='Ray Serve is not installed (requirements/pool.txt)')
    from ray.serve.schema import ServeDeploySchema

    from ris_ros.pool_server.deployment import build_app
    config = ServeDeploySchema.model_validate(yaml.safe_load(SERVICE['spec']['serveConfigV2']))
    application, = config.applications
    assert application.import_path == f'{build_app.__module__}:{build_app.__name__}'
    settings = PoolSettings.of(application.args)
    assert settings.gpus < 1 < settings.replicas < settings.most_replicas
    assert build_app(application.args) is not None


def test_all_pods_of_the_manifest_have_the_image_the_tokens_and_the_weights():
    cluster = SERVICE['spec']['rayClusterConfig']
    pods = [cluster['headGroupSpec'], *cluster['workerGroupSpecs']]
    args = yaml.safe_load(SERVICE['spec']['serveConfigV2'])['applications'][0]['args']
    for pod in pods:
        spec = pod['template']['spec']
        container, = spec['containers']
        assert container['image'] == COMPOSE['services']['pool']['image']
        mounts = {mount['mountPath']: mount['name'] for mount in container['volumeMounts']}
        assert str(Path(args['tokens']).parent) in mounts
        assert set(mounts.values()) == {volume['name'] for volume in spec['volumes']}
        assert '/models' in mounts
    assert pods[1]['template']['spec']['containers'][0]['resources']['limits']['nvidia.com/gpu']


def test_the_composed_service_calls_the_command_with_arguments_that_exist():
    words = shlex.split(re.sub(r'\$\{\w+:-(\w+)\}', r'\1', COMPOSE['services']['pool']['command']))
    assert words[:3] == ['python', '-m', 'ris_ros.cli.main']
    args = make_parser().parse_args(words[3:])
    assert (args.profile, args.device, str(args.tokens)) == (
        'embedded', 'cpu', '/run/secrets/tokens')


def test_what_the_image_of_the_pool_copies_is_there():
    text = (DEPLOY / 'Dockerfile').read_text()
    copied = [source for line in re.findall(r'^COPY (.*)$', text, re.MULTILINE)
              for source in line.split()[:-1]]
    assert len(copied) >= 4
    assert all((ROOT / source).exists() for source in copied)
    assert 'RIS_MODELS_DIR=/models' in text
