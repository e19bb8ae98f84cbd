# SPDX-License-Identifier: Apache-2.0
"""The manifest and the compose file name only what is there, and fit the schema of Ray Serve."""
from pathlib import Path
import re
import shlex
import xml.etree.ElementTree as ElementTree

from kubernetes_fields import INGRESS, RAY_SERVICE
import pytest
import yaml

from ris_ros.cli.main import make_parser
from ris_ros.errors import RisError
from ris_ros.pool_server.settings import PoolSettings

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / 'deploy'
SERVICE = yaml.safe_load((DEPLOY / 'rayservice.yaml').read_text())
INGRESS_RULES = yaml.safe_load((DEPLOY / 'ingress.yaml').read_text())
COMPOSE = yaml.safe_load((DEPLOY / 'compose.yaml').read_text())
CUDA = yaml.safe_load((DEPLOY / 'compose.cuda.yaml').read_text())
DOCKERFILE = (DEPLOY / 'Dockerfile').read_text()


def image_name():
    """Return the name of the image, which ends with the version of the package."""
    version = ElementTree.parse(ROOT / 'package.xml').findtext('version')
    return f'ris_pool:{version}'


@pytest.mark.parametrize(('document', 'fields'), [(SERVICE, RAY_SERVICE),
                                                  (INGRESS_RULES, INGRESS)])
def test_the_manifests_have_the_fields_of_their_kinds_and_no_others(document, fields):
    schema = pytest.importorskip('jsonschema')
    schema.Draft202012Validator.check_schema(fields)
    schema.validate(document, fields)
    document['spec']['replicaz'] = 1
    with pytest.raises(schema.ValidationError, match='replicaz'):
        schema.validate(document, fields)
    del document['spec']['replicaz']


def test_the_ingress_lets_whole_frames_through_and_outlives_the_limit_of_the_pool():
    serve = yaml.safe_load(SERVICE['spec']['serveConfigV2'])['http_options']
    notes = {name.rpartition('/')[2]: value
             for name, value in INGRESS_RULES['metadata']['annotations'].items()}
    assert int(notes['proxy-body-size'].removesuffix('m')) * 2 ** 20 >= PoolSettings().most_bytes
    assert (notes['proxy-buffering'], notes['proxy-request-buffering']) == ('off', 'off')
    assert PoolSettings().read_time < serve['request_timeout_s']
    assert serve['request_timeout_s'] < int(notes['proxy-read-timeout'])
    path, = INGRESS_RULES['spec']['rules'][0]['http']['paths']
    assert path['backend']['service'] == {
        'name': f'{SERVICE["metadata"]["name"]}-serve-svc', 'port': {'number': serve['port']}}


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
    without = {name: value for name, value in application.args.items() if name != 'tokens'}
    with pytest.raises(RisError, match='open: true'):
        build_app(without)
    assert build_app({**without, 'open': True}) is not None


def test_all_pods_of_the_manifest_have_the_image_the_tokens_and_the_weights():
    cluster = SERVICE['spec']['rayClusterConfig']
    pods = [cluster['headGroupSpec'], *cluster['workerGroupSpecs']]
    args = yaml.safe_load(SERVICE['spec']['serveConfigV2'])['applications'][0]['args']
    for pod in pods:
        spec = pod['template']['spec']
        container, = spec['containers']
        # Its registry is a placeholder, which nobody can own.
        assert container['image'] == f'registry.example.com/{image_name()}'
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
    copied = [source for line in re.findall(r'^COPY (.*)$', DOCKERFILE, re.MULTILINE)
              for source in line.split()[:-1]]
    assert len(copied) >= 4
    assert all((ROOT / source).exists() for source in copied)
    assert 'RIS_MODELS_DIR=/models' in DOCKERFILE


def test_the_image_has_the_versions_of_the_robots_and_one_of_ray():
    install, = re.findall(r'pip install(?:.*\\\n)*.*', DOCKERFILE)
    assert '-c constraints.txt' in install
    assert '"ray[serve]==${RAY%%-*}"' in install
    rays = {*re.findall(r'RAY=([\d.]+)-', DOCKERFILE),
            SERVICE['spec']['rayClusterConfig']['rayVersion']}
    for compose in (COMPOSE, CUDA):
        rays |= set(re.findall(r':-([\d.]+)-', compose['services']['pool']['build']['args']['RAY']))
    assert len(rays) == 1
    assert COMPOSE['services']['pool']['image'] == image_name()
    assert f'-t {image_name()} ' in DOCKERFILE


def test_weights_are_fetched_by_the_user_who_owns_their_volume():
    lines = DOCKERFILE.splitlines()
    made = lines.index('RUN mkdir /models && chown ray /models')
    assert lines[made - 1:made + 2:2] == ['USER root', 'USER ray']
    fetch = COMPOSE['services']['fetch']
    assert fetch['volumes'] == COMPOSE['services']['pool']['volumes'] == ['models:/models']
    words = shlex.split(re.sub(r'\$\{\w+:-(\w+)\}', r'\1', fetch['command']))
    assert make_parser().parse_args(words[3:]).profile == 'robot'
