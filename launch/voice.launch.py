"""Start ris_node and a speech node that hears its commands."""
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare

OVERRIDES = {'engine': str, 'weights': str, 'source': str, 'device': str, 'wake_phrase': str,
             'push_to_talk': bool}


def overrides(context):
    """Return parameters for the arguments that are not empty."""
    return {name: ParameterValue(LaunchConfiguration(name), value_type=kind)
            for name, kind in OVERRIDES.items() if LaunchConfiguration(name).perform(context)}


def make_speech(context):
    """Make the speech node; the arguments that are given go before its file."""
    return [Node(
        package='ris_ros', executable='ris_speech', name='ris_speech',
        namespace=LaunchConfiguration('namespace'), output='screen',
        parameters=[
            LaunchConfiguration('voice_params_file'),
            {'use_sim_time': ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)},
            overrides(context)],
        remappings=[('command', LaunchConfiguration('command_topic')),
                    ('audio', LaunchConfiguration('audio_topic'))],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')])]


def generate_launch_description():
    """Describe the arguments, the speech node and the included node."""
    share = FindPackageShare('ris_ros')
    ris = PythonLaunchDescriptionSource(PathJoinSubstitution([share, 'launch', 'ris.launch.py']))
    return LaunchDescription([
        DeclareLaunchArgument(
            'engine', default_value='',
            description='moonshine, pocketsphinx or whisper; empty: as in voice_params_file.'),
        DeclareLaunchArgument(
            'weights', default_value='',
            description="Folder of the engine's model files; empty: as in voice_params_file."),
        DeclareLaunchArgument(
            'source', default_value='',
            description='microphone, topic, or the path of a WAV file; '
                        'empty: as in voice_params_file.'),
        DeclareLaunchArgument(
            'device', default_value='',
            description="The microphone's name or number; empty: as in voice_params_file."),
        DeclareLaunchArgument(
            'wake_phrase', default_value='',
            description='What every command must begin with; empty: as in voice_params_file.'),
        DeclareLaunchArgument(
            'push_to_talk', default_value='',
            description='true: commands only while the topic push_to_talk is true; '
                        'empty: as in voice_params_file.'),
        DeclareLaunchArgument(
            'voice_params_file',
            default_value=PathJoinSubstitution([share, 'config', 'voice.yaml']),
            description='YAML file with the parameters of ris_speech.'),
        DeclareLaunchArgument(
            'audio_topic', default_value='audio',
            description='Sound, with source:=topic (16-bit samples of 16 kHz, one channel).'),
        DeclareLaunchArgument(
            'namespace', default_value='', description='Namespace of both nodes.'),
        DeclareLaunchArgument(
            'params_file', default_value=PathJoinSubstitution([share, 'config', 'ris.yaml']),
            description='YAML file with the parameters of ris_node.'),
        DeclareLaunchArgument(
            'profile', default_value='',
            description='Packaged profile (embedded, robot) or the path of a YAML file; '
                        'empty: as in params_file.'),
        DeclareLaunchArgument(
            'autostart', default_value='',
            description='true: configure and activate ris_node at start; '
                        'empty: as in params_file.'),
        DeclareLaunchArgument(
            'use_sim_time', default_value='false', description='Take the time from /clock.'),
        DeclareLaunchArgument(
            'log_level', default_value='info', description='debug, info, warn, error or fatal.'),
        DeclareLaunchArgument(
            'image_topic', default_value='/camera/color/image_raw',
            description="The colour image (rectified, if the camera's lens distorts)."),
        DeclareLaunchArgument(
            'camera_info_topic', default_value='/camera/color/camera_info',
            description='The camera info of that image.'),
        DeclareLaunchArgument(
            'depth_topic', default_value='/camera/aligned_depth_to_color/image_raw',
            description='Depth registered to the colour image; without it there is no position.'),
        DeclareLaunchArgument(
            'command_topic', default_value='command',
            description='Commands in plain text (std_msgs/String).'),
        OpaqueFunction(function=make_speech),
        IncludeLaunchDescription(ris, launch_arguments={
            'namespace': LaunchConfiguration('namespace'),
            'params_file': LaunchConfiguration('params_file'),
            'profile': LaunchConfiguration('profile'),
            'autostart': LaunchConfiguration('autostart'),
            'use_sim_time': LaunchConfiguration('use_sim_time'),
            'log_level': LaunchConfiguration('log_level'),
            'image_topic': LaunchConfiguration('image_topic'),
            'camera_info_topic': LaunchConfiguration('camera_info_topic'),
            'depth_topic': LaunchConfiguration('depth_topic'),
            'command_topic': LaunchConfiguration('command_topic')}.items()),
    ])
