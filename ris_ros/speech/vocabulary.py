# SPDX-License-Identifier: Apache-2.0
"""The words and sentences of robot commands, which the recognisers are told to expect."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import random
import re

from ris_ros.errors import RisError
from ris_ros.language.nouns import CLOTHES, COLOURS, MATERIALS, THINGS
from ris_ros.language.positions import ORDINALS, SUPERLATIVES
from ris_ros.language.text import normalise

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*")
_VERBS = (
    'give me,hand me,bring me,get me,pass me,show me,pick up,grab,take,find,fetch,get,hold,lift,'
    'touch,push,point at,point to,move,go to,drive to,look at,look for,follow,track,segment,'
    'select,put down,drop,place,where is,where are,what is,do you see,is there,i need,i want,'
    'i would like,we need,there is,it is').split(',')
_COURTESIES = (
    'please,can you,could you,would you,will you,can you please,could you please,now,okay,robot,'
    'hey robot,i want you to,please get me,can you hand me').split(',')
_DETERMINERS = (
    'the,the,the,the,a,an,my,that,this,your,all the,both,every,the other,another').split(',')
_SIZES = (
    'small,big,large,tiny,little,huge,tall,short,long,medium,biggest,largest,smallest,tallest,'
    'bigger,smaller').split(',')
# Names of things that are several words, which the lists of single nouns cannot hold.
_COMPOUNDS = frozenset((
    'car,coffee mug,frying pan,lego brick,rubber duck,soda can,teddy bear,tin can,toy brick,'
    'toy car,water bottle').split(','))
_SHADES = ['light blue', 'dark blue', 'light green', 'dark green']
_POSITIONS = [
    *sorted(SUPERLATIVES), 'leftmost', 'rightmost', 'left', 'right', 'middle', 'front', 'back']
_SIDES = 'left,right,middle,top,bottom,front,back,far left,far right,center'.split(',')
_PLACES = 'on the,in the,at the,to the,from the'.split(',')
_RELATIONS = (
    'next to,beside,near,on,on top of,in,inside,under,below,above,over,behind,in front of,left of,'
    'right of,to the left of,to the right of,on the left of,on the right of,close to,nearest to,'
    'closest to,with,without,by').split(',')
_STOPS = 'stop,stop,stop it,stop now,cancel,halt,abort,freeze,never mind,robot stop'.split(',')
_REPLIES = (
    'that one,this one,the other one,it,no,yes,reset,start over,all of them,not that one,'
    'the second one,the first one,no the blue one,number two').split(',')


def spoken_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation.

    Texts from different recognisers can be compared by them.
    """
    return _WORD.findall(normalise(text).lower())


def read_nouns(path: Path) -> tuple[str, ...]:
    """Return the nouns of a text file, one on a line.

    Raises:
        RisError: The file cannot be read.
    """
    try:
        lines = path.read_text(encoding='utf-8').splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RisError(f'The words in {path} cannot be read: {error}') from None
    return tuple(noun for line in lines if (noun := ' '.join(spoken_words(line))))


def nouns(more: Sequence[str] = ()) -> list[str]:
    """Return the names of things, more of the user's included, in alphabetical order."""
    return sorted(THINGS | CLOTHES | _COMPOUNDS | {*more})


def draw_sentences(count: int, more_nouns: Sequence[str] = (), seed: int = 0) -> list[str]:
    """Draw commands as people say them to a robot, in lower case.

    Args:
        count: Number of sentences.
        more_nouns: Names of things beside ris_ros's own, each as frequent as one of those.
        seed: Seed of the draw; the same seed gives the same sentences.
    """
    draw = random.Random(seed)
    things = nouns(more_nouns)
    return [_sentence(draw, things) for _ in range(count)]


def _sentence(draw: random.Random, things: list[str]) -> str:
    """Draw one sentence."""
    kind = draw.random()
    if kind < .04:
        return draw.choice(_STOPS)
    if kind < .08:
        return draw.choice(_REPLIES)
    words = []
    if draw.random() < .3:
        words.append(draw.choice(_COURTESIES))
    if draw.random() < .75:
        words.append(draw.choice(_VERBS))
    words.append(_phrase(draw, things))
    more = draw.random()
    if more < .4:
        words += [draw.choice(_RELATIONS), _phrase(draw, things)]
    elif more < .44:
        words += ['between', _phrase(draw, things), 'and', _phrase(draw, things)]
    elif more < .5:
        words += ['that is', *draw.choice([(), ('not',)]), draw.choice(_COLOUR_LIST)]
    if draw.random() < .05:
        words.append('please')
    return ' '.join(words)


def _phrase(draw: random.Random, things: list[str]) -> str:
    """Draw one noun phrase."""
    words = [draw.choice(choices) for share, choices in _MODIFIERS if draw.random() < share]
    words.append(draw.choice(things if draw.random() < .85 else _ANYTHING))
    if draw.random() < .1:
        words += [draw.choice(_PLACES), draw.choice(_SIDES)]
    return ' '.join(words)


_COLOUR_LIST = sorted(COLOURS) + _SHADES
_ANYTHING = ['one', 'object', 'thing', 'item']
_MODIFIERS = (
    (.85, _DETERMINERS), (.07, sorted(ORDINALS)), (.1, _POSITIONS), (.2, _SIZES),
    (.5, _COLOUR_LIST),
    (.12, sorted(MATERIALS | {'metallic', 'wooden', 'striped', 'shiny', 'plastic'})))
