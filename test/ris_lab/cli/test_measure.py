# SPDX-License-Identifier: Apache-2.0
"""The arguments of ris measure and ris calibrate, and the sentences for what cannot be measured."""
import pytest

from ris_lab.evaluation.tracking import StreamSettings
from ris_lab.evaluation.voice import CONDITIONS, VOICE_SETS, VoiceTrial
from ris_ros.cli.main import main, make_parser


@pytest.mark.parametrize(('words', 'sentence'), [
    (['tracking', '--kinds', 'nonsense'], 'There are no streams of kind nonsense; choose from '),
    (['voice', '--engine', 'nonsense'], 'There is no engine nonsense; choose from moonshine')])
def test_what_cannot_be_measured_is_said_in_a_sentence(words, sentence, capsys):
    assert main(['measure', *words]) == 2
    assert sentence in capsys.readouterr().err


def test_the_defaults_are_those_of_the_measurements():
    tracking = make_parser().parse_args(['measure', 'tracking'])
    assert StreamSettings() == StreamSettings(tracking.frames, tracking.rate, tracking.every,
                                              tracking.width)
    voice = make_parser().parse_args(['measure', 'voice'])
    assert VoiceTrial(voice.worlds) == VoiceTrial(voice.worlds, voice.voices, voice.commands,
                                                  voice.conditions, voice.seed, voice.drawn,
                                                  voice.models, voice.speech)
    assert voice.conditions == len(CONDITIONS)
    assert voice.voices in VOICE_SETS


def test_a_calibration_is_stored_only_where_asked_for():
    args = make_parser().parse_args(['calibrate', '--scenes', 'S'])
    assert (args.profile, args.write) == ('embedded', False)
