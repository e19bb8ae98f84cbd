# SPDX-License-Identifier: Apache-2.0
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
PACKAGES = ['ris_ros', 'ris_sim', 'ris_lab']
EXTRAS = ['sim', 'lab', 'voice', 'hf', 'console', 'mcp', 'docs', 'pool', 'test']


def read_requirements(path):
    """Return the requirements of a file for pip and of the files that it names with -r."""
    requirements = []
    for line in path.read_text().splitlines():
        if line.startswith('-r '):
            requirements += read_requirements(path.parent / line[3:])
        elif line and not line.startswith('#'):
            requirements.append(line)
    return requirements


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
        for package in PACKAGES:
            self.copy_tree(str(stage / 'python' / package), str(Path(self.build_lib) / package))
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
    packages=PACKAGES,
    distclass=BinaryDistribution,
    cmdclass={'build_py': CMakeBuild},
    python_requires='>=3.10',
    install_requires=[*ROS, *read_requirements(HERE / 'requirements.txt')],
    extras_require={extra: read_requirements(HERE / 'requirements' / f'{extra}.txt')
                    for extra in EXTRAS},
    entry_points={'console_scripts': [
        'ris = ris_ros.cli.main:main',
        'ris_node = ris_ros.node.entry:run_ris_node',
        'ris_camera = ris_sim.cli.camera:main',
        'ris_speech = ris_ros.node.entry:run_ris_speech',
    ]},
)
