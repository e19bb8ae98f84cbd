# SPDX-License-Identifier: Apache-2.0
"""Things of the desk: writing, paper and electronics, one function per category."""
from __future__ import annotations

import numpy as np
import trimesh

from ris_sim.shapes.forms import bar, beam, bent, loft, pillar, prism, rounded_box, slab, vessel
from ris_sim.shapes.mesh import (
    Solids,
    bezier,
    box,
    cylinder,
    lathe,
    moved,
    rod,
    rotated,
    sphere,
    tube,
)
from ris_sim.shapes.packaged import notebook_cover


def pen(rng: np.random.Generator) -> Solids:
    """Build a ballpoint pen with a clip."""
    long, thick = rng.uniform(.125, .15), rng.uniform(.0042, .006)
    grip = str(rng.choice(['dark', 'main', 'white']))
    return [('main', rod(thick, -long * .15, long * .5, thick, 20)),
            (grip, rod(thick * 1.06, -long * .4, -long * .15, thick, 20)),
            ('metal', tube(np.linspace([-long * .5, 0, thick], [-long * .4, 0, thick], 3),
                           [.0008, thick * .6, thick], 16)),
            ('metal', moved(box(long * .3, thick * .5, .0012), long * .33, 0, thick * 2.1)),
            ('metal', rod(thick * .5, long * .5, long * .54, thick, 14))]


def pencil(rng: np.random.Generator) -> Solids:
    """Build a pencil with a sharpened tip, some with an eraser."""
    long, thick = rng.uniform(.1, .18), rng.uniform(.0036, .0048)
    solids = [('main', rod(thick, -long / 2, long * .43, thick, 6)),
              ('wood', tube(np.linspace([long * .43, 0, thick], [long * .485, 0, thick], 3),
                            [thick, thick * .65, thick * .3], 12)),
              ('dark', tube(np.linspace([long * .485, 0, thick], [long / 2, 0, thick], 3),
                            [thick * .3, thick * .15, .0003], 10))]
    if rng.random() < .5:
        solids += [('metal', rod(thick * 1.05, -long * .54, -long / 2, thick, 16)),
                   ('accent', rod(thick, -long * .58, -long * .54, thick, 16))]
    return solids


def marker(rng: np.random.Generator) -> Solids:
    """Build a felt pen with its cap on."""
    long, thick = rng.uniform(.115, .145), rng.uniform(.0065, .011)
    cap = long * rng.uniform(.28, .4)
    tip = lathe([[0, 0], [thick * 1.1, 0], [thick * 1.1, cap * .85], [thick * .75, cap], [0, cap]],
                24)
    barrel = 'main' if rng.random() < .5 else str(rng.choice(['white', 'dark', 'white']))
    return [(barrel, rod(thick, -long / 2, long / 2 - cap, thick * 1.1, 24)),
            ('main', moved(rotated(tip, 90, 'y'), long / 2 - cap, 0, thick * 1.1)),
            ('main', rod(thick * 1.03, -long * .53, -long * .5, thick * 1.1, 24)),
            ('main', moved(box(cap * .8, thick * .6, thick * .4), long / 2 - cap * .4, 0,
                           thick * 2.1))]


def notebook(rng: np.random.Generator) -> Solids:
    """Build a notebook with a spiral or an elastic band."""
    x, y, z = rng.uniform(.09, .16), rng.uniform(.13, .22), rng.uniform(.006, .016)
    solids = notebook_cover(x, y, z)
    if rng.random() < .5:
        count = int(y / .009)
        for i in range(count):
            angle = np.linspace(0, 2 * np.pi, 9)
            path = np.c_[-x / 2 + .0045 * np.cos(angle), np.full(9, (i - count / 2 + .5) * .009),
                         z / 2 + (z * .5 + .002) * np.sin(angle)]
            solids.append(('metal', tube(path, [.0007] * 9, 6)))
    else:
        solids.append(('accent', moved(box(.005, y * 1.002, z * 1.03), x * .38)))
    return solids


def eraser(rng: np.random.Generator) -> Solids:
    """Build an eraser, half of it in a sleeve."""
    x, y, z = rng.uniform(.035, .055), rng.uniform(.016, .024), rng.uniform(.009, .013)
    return [('white', rounded_box(x, y, z, .003)),
            ('main', moved(box(x * .6, y * 1.03, z * 1.05), x * .2))]


def ruler(rng: np.random.Generator) -> Solids:
    """Build a ruler with its marks."""
    x, y = rng.uniform(.16, .31), rng.uniform(.025, .035)
    solids = [('main', slab(x, y, .0028, .002))]
    for i in range(int(x / .01)):
        high = y * (.32 if i % 5 == 0 else .2)
        solids.append(('dark', moved(box(.0008, high, .0004), (i + .5) * .01 - x / 2,
                                     y / 2 - high / 2, .0028)))
    return solids


def calculator(rng: np.random.Generator) -> Solids:
    """Build a pocket calculator with keys and a display."""
    x, y, z = rng.uniform(.065, .09), rng.uniform(.11, .15), rng.uniform(.009, .016)
    solids = [('main', slab(x, y, z, .008, .002)),
              ('display', moved(slab(x * .82, y * .17, .001, .002), 0, y * .34, z))]
    for i in range(4):
        for j in range(5):
            role = 'accent' if i == 3 or (j == 4 and i == 0) else 'dark'
            solids.append((role, moved(rounded_box(x * .165, y * .085, .0035, .0012),
                                       (i - 1.5) * x * .21, (j - 3.1) * y * .12, z - .0005)))
    return solids


def mouse(rng: np.random.Generator) -> Solids:
    """Build a computer mouse with keys, a wheel and, mostly, a cable."""
    long, wide, high = rng.uniform(.09, .12), rng.uniform(.052, .066), rng.uniform(.028, .04)
    sections = [(-.5, .35, .2), (-.47, .7, .5), (-.35, .93, .85), (-.1, 1, 1), (.15, .93, .9),
                (.35, .9, .62), (.47, .75, .4), (.5, .5, .25)]
    body = beam([(x * long, b * wide / 2, c * high / 2, c * high / 2) for x, b, c in sections],
                2.6, 32)
    solids = [('main', body),
              ('dark', moved(rotated(cylinder(.011, .006, 20), 90, 'x'), long * .3, .003,
                             high * .62)),
              ('dark', moved(box(long * .4, .0012, .003), long * .28, 0, high * .66))]
    if rng.random() < .6:
        solids.append(('dark', bent([[long * .48, 0, .006], [long * .9, 0, .003],
                                     [long * 1.1, rng.uniform(-.05, .05), .003],
                                     [long * 1.5, rng.uniform(-.06, .06), .003]], .0018, 16, 8)))
    return solids


def keyboard(rng: np.random.Generator) -> Solids:
    """Build a computer keyboard with rows of keys."""
    x, y, z = rng.uniform(.27, .36), rng.uniform(.1, .13), rng.uniform(.009, .018)
    solids = [('main', slab(x, y, z, .006, .002))]
    columns, rows = 15, 5
    pitch_x, pitch_y = x * .95 / columns, y * .9 / rows
    keys = str(rng.choice(['main', 'dark', 'white', 'main']))
    for row in range(rows):
        for column in range(columns):
            if row == 0 and 3 < column < 9:
                continue
            at = ((column - (columns - 1) / 2) * pitch_x, (row - (rows - 1) / 2) * pitch_y,
                  z - .001)
            solids.append((keys, moved(tapered_key(pitch_x * .86, pitch_y * .86), *at)))
    solids.append((keys, moved(tapered_key(pitch_x * 4.9, pitch_y * .86), -pitch_x, -2 * pitch_y,
                               z - .001)))
    return solids


def tapered_key(x: float, y: float) -> trimesh.Trimesh:
    """Build a key whose upper side is smaller."""
    outline = np.array([[-x, -y], [x, -y], [x, y], [-x, y]]) / 2
    return loft(np.stack([np.c_[outline, np.zeros(4)], np.c_[outline * .84, np.full(4, .005)]]))


def phone(rng: np.random.Generator) -> Solids:
    """Build a smartphone with its display up, or its back with a camera."""
    x, y, z = rng.uniform(.064, .078), rng.uniform(.13, .165), rng.uniform(.007, .01)
    solids = [('main', slab(x, y, z, .01, .002))]
    if rng.random() < .7:
        return [*solids, ('screen', moved(slab(x * .94, y * .95, .0006, .008), z=z))]
    spot = (-x * .28, y * .37, z)
    solids.append(('dark', moved(slab(x * .34, y * .17, .0018, .008), *spot)))
    return solids + [('glass', moved(cylinder(.0055, .0028, 20), spot[0], spot[1] + side * .01, z))
                     for side in (-1, 1)]


def tablet(rng: np.random.Generator) -> Solids:
    """Build a tablet with its display up."""
    x, y = rng.uniform(.15, .19), rng.uniform(.2, .26)
    return [('main', slab(x, y, .008, .012, .002)),
            ('screen', moved(slab(x * .9, y * .91, .0006, .003), z=.008))]


def remote(rng: np.random.Generator) -> Solids:
    """Build a remote control with many keys."""
    x, y, z = rng.uniform(.038, .052), rng.uniform(.13, .2), rng.uniform(.012, .02)
    solids = [('main', rounded_box(x, y, z, .006))]
    colours = ('dark', 'white', 'white', 'accent', 'white')
    face = str(rng.choice(['white', 'rubber', 'white']))
    for row in range(8):
        for column in range(3):
            if row == 4:
                continue
            role = str(rng.choice(colours)) if row in (0, 7) else face
            solids.append((role, moved(rounded_box(x * .18, y * .042, .003, .001),
                                       (column - 1) * x * .27, (row - 4) * y * .1, z - .001)))
    solids += [('rubber', moved(cylinder(x * .3, .002, 28), z=z - .0005)),
               (face, moved(cylinder(x * .13, .003, 20), z=z - .0005)),
               ('red', moved(cylinder(.003, .0025, 14), -x * .27, y * .44, z - .0008))]
    return solids


def laptop(rng: np.random.Generator) -> Solids:
    """Build a small open laptop."""
    x, y, z = rng.uniform(.24, .3), rng.uniform(.17, .2), .014
    tilt = rng.uniform(5, 30)
    solids = [('main', slab(x, y, z, .01, .002)),
              ('dark', moved(slab(x * .9, y * .5, .0008, .004), 0, y * .16, z)),
              ('dark', moved(slab(x * .3, y * .28, .0005, .004), 0, -y * .28, z))]
    for row in range(5):
        for column in range(13):
            solids.append(('key', moved(tapered_key(x * .057, y * .08), (column - 6) * x * .066,
                                        y * (.16 + (row - 2) * .094), z)))
    lid = [('main', slab(x, y, .007, .01, .002)),
           ('screen', moved(slab(x * .93, y * .88, .0006, .003), z=.007))]
    return solids + [(role, moved(rotated(moved(solid, y=y / 2), 90 - tilt, 'x'), 0, y / 2, z * .8))
                     for role, solid in lid]


def headphones(rng: np.random.Generator) -> Solids:
    """Build headphones that lie flat: a band and two cushioned cups."""
    radius = rng.uniform(.068, .08)
    angle = np.linspace(-.15, np.pi + .15, 24)
    band = np.c_[radius * np.cos(angle), radius * 1.15 * np.sin(angle), np.full(24, .03)]
    solids = [('main', tube(band, [.0075] * 24, 10))]
    for side in (-1, 1):
        cup = pillar([(0, .026, .034), (.006, .034, .042), (.016, .036, .044), (.02, .03, .038)])
        cushion = pillar([(.017, .033, .041), (.026, .036, .044), (.036, .032, .04),
                          (.038, .02, .028)])
        for role, solid in (('main', cup), ('rubber', cushion)):
            turned = moved(rotated(solid, -side * 90, 'y'), side * (radius + .02), -.02, .036)
            solids.append((role, turned))
    return solids


def camera(rng: np.random.Generator) -> Solids:
    """Build a photo camera with a lens."""
    x, y, z = rng.uniform(.1, .135), rng.uniform(.03, .05), rng.uniform(.065, .09)
    radius, long = rng.uniform(.024, .034), rng.uniform(.03, .07)
    lens = moved(rotated(lathe([[0, 0], [radius, 0], [radius, long * .4], [radius * .9, long * .42],
                                [radius * .9, long], [0, long]], 32), 90, 'x'), 0, -y / 2, z * .48)
    front = moved(rotated(cylinder(radius * .7, .002, 28), 90, 'x'), 0, -y / 2 - long, z * .48)
    return [('main', rounded_box(x, y, z, .008)), ('dark', lens), ('glass', front),
            ('main', moved(rounded_box(x * .35, y * .8, z * .22, .006), z=z * .95)),
            ('metal', moved(cylinder(.008, .006, 20), x * .35, 0, z))]


def game_controller(rng: np.random.Generator) -> Solids:
    """Build a game controller with two grips, two sticks and keys."""
    x = rng.uniform(.14, .16)
    solids = [('main', rounded_box(x * .8, .065, .035, .016))]
    for side in (-1, 1):
        solids += [('main', tube(bezier([[side * x * .33, .01, .022], [side * x * .42, -.01, .02],
                                         [side * x * .5, -.045, .016],
                                         [side * x * .47, -.07, .014]], 10),
                                 np.linspace(.024, .014, 10), 18)),
                   ('rubber', moved(cylinder(.009, .012, 20), side * x * .17, -.014, .034))]
    for dx, dy, role in ((0, .011, 'accent'), (0, -.011, 'leaf'), (.011, 0, 'red'),
                         (-.011, 0, 'screen_blue')):
        solids.append((role, moved(cylinder(.0048, .004, 16), x * .3 + dx, .012 + dy, .034)))
    solids += [('rubber', moved(box(.026, .008, .004), -x * .3, .012, .034)),
               ('rubber', moved(box(.008, .026, .004), -x * .3, .012, .034))]
    return solids


def usb_stick(rng: np.random.Generator) -> Solids:
    """Build a USB stick with its plug."""
    x, y, z = rng.uniform(.035, .048), rng.uniform(.015, .02), rng.uniform(.006, .009)
    return [('main', rounded_box(x, y, z, .002)),
            ('metal', moved(box(.014, .012, .0045), x / 2 + .006, 0, z / 2 - .0022))]


def charger(rng: np.random.Generator) -> Solids:
    """Build a charger with two prongs and a cable."""
    x, y, z = rng.uniform(.04, .06), rng.uniform(.04, .055), rng.uniform(.026, .036)
    path = bezier([[x / 2, 0, z / 2], [x, 0, 0], [x * 1.8, rng.uniform(-.08, .08), .003],
                   [x * 2.4, rng.uniform(-.05, .05), .003]], 18)
    path[:, 2] = np.maximum(path[:, 2], .002)
    return [('main', rounded_box(x, y, z, .006)), ('main', tube(path, [.0019] * 18, 8)),
            *[('metal', moved(rod(.0024, -x / 2 - .018, -x / 2, z / 2, 12), y=side * .0095))
              for side in (-1, 1)]]


def speaker(rng: np.random.Generator) -> Solids:
    """Build a loudspeaker box with two cones, or a round bluetooth speaker."""
    if rng.random() < .6:
        x, y, z = rng.uniform(.08, .12), rng.uniform(.07, .1), rng.uniform(.13, .2)
        solids = [('main', rounded_box(x, y, z, .004))]
        for radius, high in ((x * .36, z * .34), (x * .17, z * .76)):
            ring = moved(rotated(lathe([[0, 0], [radius * 1.12, 0], [radius * 1.12, .004],
                                        [radius, .004], [radius * .4, .001], [0, .003]], 32),
                                 90, 'x'), 0, -y / 2, high)
            solids.append(('dark', ring))
        return solids
    radius, high = rng.uniform(.035, .045), rng.uniform(.09, .17)
    return [('main', cylinder(radius, high, 40)), ('rubber', cylinder(radius * 1.02, .008, 40)),
            ('rubber', moved(cylinder(radius * 1.02, .008, 40), z=high - .004))]


def clock(rng: np.random.Generator) -> Solids:
    """Build a round alarm clock on feet, with a face that looks forward."""
    radius, deep = rng.uniform(.04, .06), rng.uniform(.03, .045)
    case = moved(rotated(cylinder(radius, deep, 44), 90, 'x'), 0, deep / 2, radius * 1.1)
    face = moved(rotated(cylinder(radius * .88, .001, 44), 90, 'x'), 0, -deep / 2, radius * 1.1)
    solids = [('main', case), ('white', face)]
    front = -deep / 2 - .0015
    for i in range(12):
        a = 2 * np.pi * i / 12
        solids.append(('dark', moved(box(.003, .001, .006), radius * .74 * np.sin(a), front,
                                     radius * (1.1 + .74 * np.cos(a)) - .003)))
    for a, long in ((rng.uniform(0, 6), .45), (rng.uniform(0, 6), .65)):
        solids.append(('dark', bar([0, front, radius * 1.1],
                                   [long * radius * np.sin(a), front,
                                    radius * (1.1 + long * np.cos(a))], .0018, 8)))
    for side in (-1, 1):
        solids += [('main', bar([side * radius * .5, 0, radius * .35], [side * radius * .65, 0, 0],
                                .004)),
                   ('metal', moved(sphere(radius * .28, 2), side * radius * .5, 0, radius * 2.1))]
    return solids


def lamp(rng: np.random.Generator) -> Solids:
    """Build a small table lamp with a shade, or a desk lamp with an arm."""
    if rng.random() < .5:
        high, radius = rng.uniform(.2, .28), rng.uniform(.06, .08)
        shade = vessel([radius, radius * .65], [high * .6, high], .002)
        return [('accent', lathe([[0, 0], [radius * .7, 0], [radius * .7, .01], [.012, .02],
                                  [.02, high * .3], [.008, high * .6], [0, high * .6]], 32)),
                ('main', shade)]
    long = rng.uniform(.16, .22)
    head = moved(rotated(vessel([.018, .035, .045], [0, .03, .055], .002), 150, 'y'), long * .7, 0,
                 long * 1.15)
    return [('main', lathe([[0, 0], [.055, 0], [.055, .012], [.01, .018], [0, .018]], 36)),
            ('metal', bar([0, 0, .015], [-long * .3, 0, long * .8], .005)),
            ('metal', bar([-long * .3, 0, long * .8], [long * .55, 0, long * 1.2], .005)),
            ('main', head)]


def pen_holder(rng: np.random.Generator) -> Solids:
    """Build a cup with pens in it."""
    radius, high = rng.uniform(.035, .045), rng.uniform(.085, .11)
    solids = [('main', vessel([radius, radius], [0, high], .003))]
    for i in range(int(rng.integers(2, 6))):
        a = rng.uniform(0, 2 * np.pi)
        foot = np.array([-np.cos(a), -np.sin(a), 0]) * radius * .5 + [0, 0, .006]
        tip = np.array([np.cos(a) * radius * .85, np.sin(a) * radius * .85, high])
        solids.append((('accent', 'dark', 'white', 'metal', 'red')[i % 5],
                       bar(foot, foot + (tip - foot) * rng.uniform(1.3, 1.6), .004)))
    return solids


def photo_frame(rng: np.random.Generator) -> Solids:
    """Build a picture frame that leans back on its stand."""
    x, z, edge = rng.uniform(.1, .18), rng.uniform(.12, .2), rng.uniform(.01, .018)
    solids = [('picture', moved(box(x, .004, z), y=0))]
    for side in (-1, 1):
        solids += [('main', moved(box(edge, .012, z + edge), side * x / 2, 0, -edge / 2)),
                   ('main', moved(box(x + edge, .012, edge), z=(z - edge / 2) if side > 0
                                  else -edge / 2))]
    solids.append(('dark', moved(rotated(box(.03, .003, z * .85), -14, 'x'), 0, .006, -edge / 2)))
    return solids


def envelope(rng: np.random.Generator) -> Solids:
    """Build an envelope with its flap or its address up."""
    x, y = rng.uniform(.16, .23), rng.uniform(.1, .13)
    solids = [('main', slab(x, y, .002, .001))]
    if rng.random() < .5:
        flap = prism(np.array([[-x / 2, y / 2], [0, -y * .08], [x / 2, y / 2]]), .0006)
        return [*solids, ('flap', moved(flap, z=.002))]
    solids.append(('red', moved(slab(.022, .026, .0004, .001), x * .4, y * .33, .002)))
    return solids + [('dark', moved(box(x * .3, .0016, .0003), x * .08, -y * .05 - i * .011, .002))
                     for i in range(3)]


def stapler(rng: np.random.Generator) -> Solids:
    """Build a stapler, its jaw slightly open."""
    long = rng.uniform(.1, .15)
    high = long * .17
    arm = beam([(-long / 2, .012, high * .35, high * .9), (-long * .4, .017, high * .5, high),
                (long * .2, .017, high * .4, high * 1.15),
                (long * .45, .015, high * .25, high * 1.3),
                (long / 2, .01, high * .12, high * 1.3)], 3)
    return [('main', arm), ('metal', moved(box(long * .92, .014, .006), 0, 0, high * .62)),
            ('dark', slab(long, .034, .006, .012, .002)),
            ('dark', moved(box(long * .2, .02, high * .7), -long * .38)),
            ('metal', moved(box(.02, .012, .002), long * .42, 0, .006))]


def scissors(rng: np.random.Generator) -> Solids:
    """Build scissors, more or less open, with two rings as handles."""
    long, open_ = rng.uniform(.07, .11), rng.uniform(3, 16)
    solids = []
    for side in (-1, 1):
        blade = prism(np.array([[0, -.004], [long, side * .002], [long * .6, side * .007],
                                [0, .009 * side + .002]]), .0022)
        ring = np.linspace(0, 2 * np.pi, 22)
        size = rng.uniform(.016, .021)
        hoop = np.c_[-.055 + size * 1.5 * np.cos(ring), -side * .016 + size * np.sin(ring),
                     np.full(22, .005)]
        pieces = [('metal', moved(blade, z=.003 + .001 * side)),
                  ('main', tube(hoop, [.005] * 22, 10)),
                  ('main', beam([(-.03, .006, .0045, .005), (-.01, .008, .0045, .005),
                                 (.012, .007, .004, .005)]))]
        solids += [(role, rotated(solid, side * open_, 'z')) for role, solid in pieces]
    return [*solids, ('metal', moved(cylinder(.004, .009, 16), z=.001))]


def glue_stick(rng: np.random.Generator) -> Solids:
    """Build a glue stick with its cap on."""
    radius, high = rng.uniform(.011, .015), rng.uniform(.08, .11)
    return [('main', cylinder(radius, high * .62, 32)),
            ('accent', moved(cylinder(radius * 1.03, high * .36, 32), z=high * .64)),
            ('white', cylinder(radius * 1.05, high * .06, 32))]


def tape(rng: np.random.Generator) -> Solids:
    """Build a roll of tape on its side or upright."""
    radius, wide = rng.uniform(.028, .055), rng.uniform(.012, .05)
    core = radius * rng.uniform(.6, .78)
    roll = lathe([[core, 0], [radius, 0], [radius, wide], [core, wide], [core, 0]], 48)
    inside = lathe([[core * .95, 0], [core * 1.001, 0], [core * 1.001, wide], [core * .95, wide],
                    [core * .95, 0]], 48)
    solids = [('main', roll), ('cardboard', inside)]
    if rng.random() < .3:
        return [(role, rotated(solid, 90, 'x')) for role, solid in solids]
    return solids
