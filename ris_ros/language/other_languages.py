# SPDX-License-Identifier: Apache-2.0
"""Tell commands in other languages, which are refused, and orders to stop, which are obeyed.

A command is in another script, or in one of six languages that are told by their words. English
borrows words and names from them ("the jalapeño jar", "la croix can"), so that a command is refused
only where such words weigh more than its English ones.
"""
from __future__ import annotations

import re
import unicodedata

from ris_ros.language.text import normalise, word_set

_WORD = re.compile(r'[^\W\d_]+')
_SCRIPTS = frozenset({'LATIN', 'MODIFIER', 'FEMININE', 'MASCULINE'})

# These are no English words: function words, verbs of commands, places, colours, household things.
_FOREIGN = word_set(
    # German
    'nicht und oder ein eine einen einem einer sind wo welche welcher welches mir mich vom zum '
    'zur auf beim neben hinter unter zwischen auch keine keinen kein bitte ich nimm nehmen hol '
    'holen gib gebe geben zeig zeige zeigen suche stopp anhalten greif greife stell stelle lege '
    'heb hebe roten rotes roter blaue blauen blaues blauer blau grün grüne grünen grünes gelb '
    'gelbe gelben gelbes schwarz schwarze schwarzen schwarzes weiße weißen weiß große großen '
    'kleine kleinen tasse becher flasche schüssel teller löffel gabel messer kiste schachtel '
    'würfel tisch apfel über für geh fahr siehst '
    # French
    'une sont dans avec pour où quel quelle quelles cette devant derrière gauche droite près côté '
    'arrête arrêtez prends prendre prenez attrape donne donner donnez apporte apportez montre '
    'montrez trouve trouvez cherche rouges bleu bleue bleus vertes jaune jaunes blanche noire '
    'bouteille assiette cuillère fourchette couteau boîte vois '
    # Spanish
    'una unos unas está están dónde qué cuál detrás delante encima debajo izquierda derecha coge '
    'coger deténgase tomar trae tráeme dame dámelo agarra recoge encuentra muestra muéstrame pon '
    'roja rojos azul azules amarillo amarilla negra pequeño pequeña vaso botella cuenco cuchara '
    'tenedor cuchillo caja manzana pelota toques ves '
    # Italian
    'gli della dello delle degli nel nella sul sulla accanto dietro davanti sopra sotto sinistra '
    'fermati destra vicino prendi prendere dammi portami mostrami metti qual quale rossa blu '
    'giallo gialla nera piccolo piccola tazza bicchiere bottiglia ciotola piatto cucchiaio '
    'forchetta coltello scatola mela palla toccare '
    # Dutch
    'het een niet voor naast achter onder boven tussen bij rechts pak geef breng zoek vind waar '
    'welke blauwe groene gele zwarte witte grote kopje beker fles schaal lepel vork doos appel '
    'neem mij alsjeblieft aan zie jij '
    # Portuguese
    'uma ao às na nas nos perto atrás embaixo esquerda direita pegue traga encontre procure ponha '
    'onde vermelho vermelha amarela preta branca pequena xícara caneca garrafa tigela prato '
    'colher garfo faca caixa maçã não você mim mostre')
# These are English words or names, too, or stand in the names of dishes and brands.
_WEAK = word_set(
    'en os die den das dem des la le el lo il los las de du del der van von di da un im am zu si '
    'rote rode rot rouge noir blanc vert verte verde rojo rosso bianco bianca blanca blanco nero '
    'negro vino entre non ne por mit sur sous pas est ist pose porta touche favor dove links mon '
    'ses mes ces mets bol pomme grand grande petit petite plate plato taza toma such leg hole '
    'dose finde balle aux junto cerca verre bola bei aus vor les dos fass trova busca deja copo')
# Words of English commands that none of these languages has, or hardly uses.
_ENGLISH = word_set(
    'the to my your our his her its their with and at from that which it this these those are '
    'were off up down by for not please one ones two three left right next behind under above '
    'below front near between middle top bottom pick take grab get give find show put place fetch '
    'go move where what who how there red blue green yellow black white orange brown purple pink '
    'small big large mug cup bottle bowl box can glass jar plate spoon fork knife table you')

# Each orders a stop, alone or with those that say how urgent it is.
_STOPS = word_set(
    'stopp stoppen anhalten halt halte haltet aufhören arrêt arrêter arrête arrêtez arretez '
    'arrete alto para parar pare detente deténte deténgase détente ferma fermati fermo fermatevi '
    'basta parada стой стоп стойте 停止 停 停下 止まれ ストップ 멈춰 정지 قف dur')
_AROUND_STOPS = word_set(
    'stop bitte sofort jetzt nein roboter vite immédiatement tout suite de por favor ya per '
    'favore subito nu nee direct agora já no robot')


def is_foreign_stop(text: str) -> bool:
    """Tell whether a text is an order to stop in another language: 'stopp', 'arrête de bouger'.

    A false stop costs less than a missed one, so that the first word may tell it alone.
    """
    words = _words(text)
    if _STOPS.isdisjoint(words):
        return False
    return _STOPS | _AROUND_STOPS >= {*words} or (words[0] in _STOPS and not is_english(text))


def is_english(text: str) -> bool:
    """Tell whether a command is in English, as far as its words and letters tell.

    A text without letters, and one whose words are unknown, count as English.
    """
    letters = [c for c in normalise(text) if c.isalpha()]
    if sum(not _is_latin(c) for c in letters) * 2 > len(letters):
        return False
    words = _words(text)
    foreign = sum(word in _FOREIGN for word in words) + .5 * sum(word in _WEAK for word in words)
    # Umlauts and accents tell as much as one weak word, because names and dishes have them, too.
    foreign += .5 * any(not word.isascii() and word not in _FOREIGN for word in words)
    english = sum(word in _ENGLISH for word in words)
    return foreign <= english or (foreign < 1.5 and not _FOREIGN.issuperset(words))


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case; "l'eau" is two."""
    return _WORD.findall(normalise(text).lower())


def _is_latin(character: str) -> bool:
    """Tell whether a letter is one of the Latin script."""
    return unicodedata.name(character, '').split(' ')[0] in _SCRIPTS
