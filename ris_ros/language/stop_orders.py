# SPDX-License-Identifier: Apache-2.0
"""Tell an order to stop from other commands: 'stop right now!', 'e-stop', but not 'stop the tap'.

A text is an order to stop if it is made of phrases that order a stop (at least one of them) and of
words that only say how urgent or how polite the order is. Anything else in it, such as a thing or
a place, makes it an ordinary command, with two exceptions: a reason may follow ("stop, you are
going to hit the glass"), and the last sentence counts alone ("take the mug. No, stop!").
"""
from __future__ import annotations

from collections.abc import Sequence
import re

from ris_ros.language.other_languages import is_foreign_stop
from ris_ros.language.text import MAX_CHARACTERS, normalise, word_set

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[,.;:!?…—–()]+")
_ENDS = frozenset('.;:!?…—–')
_PAUSE = ','

_STOP = r'(?:st+o+p+|sotp|stpo|tsop)'
_END = rf'(?:{_STOP}|cancel|halt|abort|cease|terminate|interrupt|suspend|pause|quit|end)'
_NOT = r"(?:don't|dont|do not|never|no)"
_THIS = r'(?:it|this|that|these|all (?:of )?(?:it|this|that)|everything)'
_WHOSE = (
    r'(?:(?:the|this|that|your|my|our|all|both|every|any|all (?:the|of your|your)|both your|you) )?'
    r'(?:(?:current|running|whole|entire|last|present|active|previous|ongoing|left|right|next) )*')
# What belongs to the robot or to what it does; to stop anything else is a task for it.
_OWN = (
    r'(?:robots?(?: (?:arm|base|motion|program))?|arms?|gripper|grippers|wheels|motors?|engines?|'
    r'motions?|movements?|moves|actions?|activity|activities|tasks?|goals?|missions?|commands?|'
    r'orders?|requests?|jobs?|search|tracking|program|programme|execution|operations?|process|'
    r'procedure|trajectory|plan|run|grasp|grasping|pick|pickup|navigation|approach|demo)'
    r'(?: of (?:the |this |that )?(?:task|goal|mission|command|robot))?')
# "stop following the man": what the robot may be doing, whatever it does it to.
_DOING = (
    r'(?:moving|searching|looking|following|tracking|driving|turning|rotating|walking|going|'
    r'running|doing|reaching|grabbing|grasping|gripping|picking|pushing|pulling|lifting|lowering|'
    r'carrying|talking|speaking|chasing|rolling|approaching|working|executing|acting|pouring|'
    r'pressing|squeezing|touching|pointing|watching|segmenting|processing|navigating|wandering|'
    r'shaking|being|trying|coming|backing|throwing|dragging|opening|closing|cutting|spinning)')
_PRESS = r'(?:hit|press|push|pull|punch|use|engage|activate|trigger)'
_MORE = r'(?: (?!and\b|but\b|then\b|instead\b|until\b)[^,. ]+)*'
# To begin anew: it forgets the last answer, and with an order to stop it is one.
RESTART = (
    r'(?:reset|(?:start|begin) (?:all )?over(?: again)?|(?:start|begin) again|'
    r'start from (?:the beginning|scratch)|forget (?:that|everything|all of that))')
# Phrases that order a stop.
_ORDERS = [re.compile(rf'(?:{p})(?= |$)') for p in (
    r'(?:cancel|halt|abort|cease(?: fire)?|terminate|interrupt|suspend|pause|quit|freeze|'
    r'desist|disengage|brake|wait|stay|enough)', _STOP,
    rf'(?:{_END}|freeze)(?: with)? {_THIS}',
    rf'(?:{_END}|kill|freeze) {_WHOSE}{_OWN}',
    rf'(?:{_STOP}|halt|freeze|terminate|switch|turn|shut|power|bring) (?:yourself|your self|urself)'
    r'(?: (?:off|down|to a (?:stop|halt|standstill)))?',
    rf'(?:{_STOP}|quit|cease|halt) {_DOING}{_MORE}',
    rf"{_STOP} what(?:ever)?(?: it is)?(?: that)? (?:you|u|it|the robot)(?:'re| are| is|'s)?"
    r' (?:doing|up to)',
    rf'(?:emergency|e|protective|safety|soft|hard|quick|motor|full|all|dead|immediate) ?{_STOP}',
    r'(?:do|make|perform|execute|initiate|trigger) (?:an? )?(?:emergency|full|immediate) stop',
    r'emergency (?:halt|shutdown|shut down|brake|off)', r'kill ?switch',
    rf'{_PRESS} (?:the |that |your )?(?:(?:big|red) )*(?:(?:emergency|e|protective|safety) ?stop|'
    r'kill ?switch|panic button|emergency button)(?: (?:button|switch))?', rf'{_PRESS} stop',
    r'come to an? (?:(?:complete|full|dead|immediate) )?(?:stop|halt|standstill|rest)',
    rf'{_NOT} (?:you )?(?:dare )?(?:move|budge)(?: (?:a muscle|an inch|any ?more|any (?:further|'
    r'closer|more)|at all|again|anything|it|that))?',
    rf'{_NOT} (?:go|drive|come) (?:any )?(?:further|farther|closer|on)',
    rf'{_NOT} (?:do|touch|take|try) (?:it|that|this|anything)(?: else)?',
    rf'{_NOT} (?:take )?another step', r'not (?:another|one more|a single) (?:step|inch|move)',
    r"(?:no|nope|hey|oh|please) (?:, )?don't(?! [a-z])",
    r'(?:stand|keep|stay|hold|be|sit|remain)(?: (?:absolutely|perfectly|completely))? '
    r'(?:still|put)',
    r'(?:stay|wait|halt|remain|stand)(?: right)? (?:there|here|where you are)',
    r'stand down', r'hold it(?: right)?(?: (?:there|here))?', r'hold (?:on|up)',
    r'hold (?:your )?(?:position|horses)', r"(?:that's|that is|it's) enough",
    r'enough of (?:that|this)',
    r'never ?mind', r'forget (?:about )?it', r'scrap (?:it|that)', r'cut it out', r'knock it off',
    rf'call (?:it off|off {_WHOSE}{_OWN})',
    r'(?:shut|power) ?down(?: (?:the robot|now))?', r'(?:switch|turn|power) off the robot',
    r'(?:kill|cut)(?: the| your)? (?:power|engine|engines|motor|motors)',
    r'(?:hit|slam on|apply|use|put on) the brakes?', r'wh?oah?', r'whoo?a+',
)]
# Words around the order, which say how urgent or how polite it is.
_AROUND = [re.compile(rf'(?:{p})(?= |$)') for p in (
    r'please|pls|plz|kindly|hey|hi|ok|okay|alright|yo|oh|no+|nope|god|jesus|christ|damn|dammit|just|'
    r'now|dead|robot|everybody|everyone|somebody|someone|wait|right|quick|quickly|fast|asap|'
    r'immediately|instantly|already|altogether|completely|everything|here|there|thanks|help|'
    r'attention|danger|careful|man|dude|buddy|and|so|well|actually|sorry|alarm|emergency|'
    r'seriously|urgent|urgently|again|stupid',
    r'hey you|you there|at once|right away|thank you|look out|watch out|excuse me|or else|'
    r'all right|you (?:stupid )?(?:robot|machine|thing|idiot)',
    r'(?:the |dear |mister |mr )?robot',
    r'(?:this|that) (?:very )?(?:instant|second|minute|moment)',
    r'(?:right )?where you are', r'in your tracks', r'for (?:now|the moment|today)',
    r'(?:for )?(?:a|one)(?: little)? (?:second|sec|moment|minute|bit|while)',
    r"for (?:god's|goodness'?|heaven's|christ's|pete's) sake|for the love of god|"
    r'oh my god|my god|omg',
    r'(?:can|could|would|will|may|might)(?: not)? (?:you|u|we|the robot)',
    r"(?:why )?(?:won't|can't|don't) you", r'would you mind(?: please)?',
    r'(?:i|we) (?:said|say|told you(?: to)?|asked you to|order you to|command you to|'
    r'beg you(?: to)?|(?:want|need|would like) (?:you|it|the robot) to|(?:want|need) to|think)',
    r"i'd like you to", r'i wish you (?:would|could)',
    r'you (?:should|must|can|could|will|may|need to|have to|had better|better|ought to)',
    r"you'd better", r"let'?s|let us",
    rf'(?:(?:and |then )+)?{RESTART}',
    r'make (?:it|him|her|yourself|the robot|this robot|that robot)',
    r"(?:it's|it is) time to|time to", r'try to',
)]
_STOPPING = re.compile(r'\b(stopp|halt|paus|cancell?|freez|ceas|abort)ing\b')
_VERBS = {'stopp': 'stop', 'halt': 'halt', 'paus': 'pause', 'cancel': 'cancel', 'cancell': 'cancel',
          'freez': 'freeze', 'ceas': 'cease', 'abort': 'abort'}
# A reason for the order, or a warning that goes with it.
_REASON = re.compile(
    r"(?:(?:because|cause|cuz|or) )?(?:you(?:'re|'ve|'ll| are| will| have| can| almost| just)|"
    r"it(?:'s| is| hurts)|that(?:'s| is| hurts| was)|this is|there(?:'s| is| are)|"
    r"i(?:'m| am|'ll)|we(?:'re| are)|he(?:'s| is)|she(?:'s| is)|they(?:'re| are)|"
    r"something(?:'s| is)|somebody(?:'s| is)|someone(?:'s| is)|don't|do not|watch out|look out|"
    r'careful|be careful|danger|wrong|not (?:that|this|there|here|the))(?= |$)')
# An order to stop after other words: "give me the mug, no, stop".
_TAKEN_BACK = re.compile(r'(?:no+|wait|oh)(?: , )? ')
_LAST_WORDS = 12
# In "go on until I say stop" and "do not stop" the robot shall go on.
_GOES_ON = re.compile(rf"(?:don't|dont|do not|never|not|n't|without|won't|can't) {_STOP}")
# "the bus stop" names a thing, and "go there and stop" is a plan.
_NAMED_STOPS = word_set(
    'bus tram train taxi truck door pit organ whistle back short non rest full the a an this my '
    "and then not never don't to")
# "did the clock stop"
_ASKING = word_set('did does makes when')


def is_stop_order(text: str) -> bool:
    """Tell whether a text is plainly an order to stop what the robot does."""
    sentences = _sentences(text) if len(text) <= MAX_CHARACTERS else []
    if not sentences:
        return False
    whole = ' , '.join(sentences)
    if _GOES_ON.search(whole):
        return False
    if is_foreign_stop(text) or _orders(whole) or _orders(sentences[-1]):
        return True
    words = sentences[-1].split()
    return any(_TAKEN_BACK.match(rest := ' '.join(words[i:])) and _orders(rest)
               for i in range(max(1, len(words) - _LAST_WORDS), len(words)))


def ends_in_stop(words: Sequence[str]) -> bool:
    """Tell whether words end in an order to stop, and not in 'bus stop' or 'and stop'.

    Speech recognisers make words of the noise before the order, so that those are no evidence.
    """
    if words[-1:] != ['stop']:
        return False
    before = [word for word in words[:-1] if word not in ('emergency', 'e')]
    return not before or (before[-1] not in _NAMED_STOPS and _ASKING.isdisjoint(before))


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text in lower case, their words and commas parted by spaces."""
    found: list[list[str]] = [[]]
    for token in _TOKEN.findall(normalise(text).lower()):
        if token[0].isalnum():
            found[-1].append(token)
        elif _ENDS.isdisjoint(token):
            found[-1].append(_PAUSE)
        else:
            found.append([])
    joined = (' '.join(words).strip(' ,') for words in found)
    return [_STOPPING.sub(lambda verb: _VERBS[verb.group(1)], words) for words in joined if words]


def _orders(text: str) -> bool:
    """Tell whether a text is made of orders to stop and of what goes with them."""
    reached: set[int] = {0}
    ordered: set[int] = set()
    for i in range(len(text) + 1):
        if i in ordered and (i >= len(text) or _REASON.match(text, i)):
            return True
        if i not in reached | ordered or i >= len(text):
            continue
        for j in _ends(_ORDERS, text, i):
            ordered.add(j)
        (ordered if i in ordered else reached).update(_ends(_AROUND, text, i))
        if text.startswith(_PAUSE, i):
            (ordered if i in ordered else reached).add(i + 2)
    return False


def _ends(patterns: Sequence[re.Pattern[str]], text: str, start: int) -> list[int]:
    """Return where the next word starts after each pattern that matches at start."""
    return [min(found.end() + 1, len(text)) for p in patterns if (found := p.match(text, start))]
