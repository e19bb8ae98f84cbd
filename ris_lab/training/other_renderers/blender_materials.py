# SPDX-License-Identifier: Apache-2.0
"""Blender's own procedural materials for the surfaces of exported scenes."""
from __future__ import annotations

import bpy

NOISE, WAVE, CHECKER, BRICK = (f'ShaderNodeTex{name}' for name in
                               ('Noise', 'Wave', 'Checker', 'Brick'))


def linear(colour: list[float]) -> list[float]:
    """Return linear RGBA of an sRGB colour."""
    return [channel ** 2.2 for channel in colour] + [1.0]


def make_material(surface: dict, is_background: bool) -> bpy.types.Material:
    """Return the material of an exported surface.

    is_background: whether stripes lie across y (a table) or across z (an object).
    """
    material = bpy.data.materials.new('surface')
    material.use_nodes = True
    tree = material.node_tree
    shader = tree.nodes['Principled BSDF']
    shader.inputs['Metallic'].default_value = surface['metallic']
    shader.inputs['Roughness'].default_value = surface['roughness']
    colour = shader.inputs['Base Color']
    colour.default_value = linear(surface['colour'])
    if surface['texture'] != 'plain':
        pattern, soft = make_pattern(tree, surface, is_background)
        ramp = tree.nodes.new('ShaderNodeValToRGB')
        first, second = ramp.color_ramp.elements
        first.color, second.color = linear(surface['colour']), linear(surface['second'])
        first.position, second.position = .5 - soft, .5 + soft
        tree.links.new(pattern, ramp.inputs[0])
        tree.links.new(ramp.outputs[0], colour)
    return material


def make_pattern(tree: bpy.types.NodeTree, surface: dict,
                 is_background: bool) -> tuple[bpy.types.NodeSocket, float]:
    """Return the output of a pattern between 0 and 1, and half the width of its transition."""
    kind, scale = surface['texture'], surface['scale']
    stretch, node_type, soft = {
        'stripes': ((1, 1, 1), WAVE, .02), 'checker': ((1, 1, 1), CHECKER, .02),
        'wood': ((.15, 1, 1), WAVE, .45), 'planks': ((.12, .5, .5), BRICK, .45),
        'speckle': ((5, 5, 5), NOISE, .2), 'gingham': ((1, 1, 1), CHECKER, .3),
        'tiles': ((.25, .12, .5), BRICK, .45), 'bricks': ((.2, .25, .5), BRICK, .45),
        'weave': ((9, 9, 9), NOISE, .4),
    }.get(kind, ((1, 1, 1), NOISE, .2))
    place = tree.nodes.new('ShaderNodeTexCoord')
    mapping = tree.nodes.new('ShaderNodeMapping')
    mapping.inputs['Scale'].default_value = [scale * factor for factor in stretch]
    mapping.inputs['Location'].default_value = [surface['seed'] * axis for axis in (1, .7, .3)]
    texture = tree.nodes.new(node_type)
    tree.links.new(place.outputs['Object'], mapping.inputs['Vector'])
    tree.links.new(mapping.outputs['Vector'], texture.inputs['Vector'])
    texture.inputs['Scale'].default_value = 1.0
    if node_type == WAVE:
        texture.bands_direction = 'Y' if is_background or kind == 'wood' else 'Z'
        # Blender's wave has a period of pi / 10.
        texture.inputs['Scale'].default_value = 3.14159 / 10 * (.7 if kind == 'wood' else 1)
        texture.inputs['Distortion'].default_value = 9.0 if kind == 'wood' else 0.0
        texture.inputs['Detail Scale'].default_value = .7
    elif node_type == BRICK:
        texture.inputs['Mortar Size'].default_value = .01
        texture.inputs['Color1'].default_value = (.15, .15, .15, 1)
        texture.inputs['Color2'].default_value = (.75, .75, .75, 1)
        texture.inputs['Mortar'].default_value = (1, 1, 1, 1)
    output = texture.outputs['Fac' if 'Fac' in texture.outputs and node_type != BRICK else 'Color']
    return output, soft


def truth_material() -> bpy.types.Material:
    """Return a material that shines with depth in red and the pass index in green."""
    material = bpy.data.materials.new('truth')
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    camera, info = tree.nodes.new('ShaderNodeCameraData'), tree.nodes.new('ShaderNodeObjectInfo')
    both, shine = tree.nodes.new('ShaderNodeCombineColor'), tree.nodes.new('ShaderNodeEmission')
    output = tree.nodes.new('ShaderNodeOutputMaterial')
    tree.links.new(camera.outputs['View Z Depth'], both.inputs['Red'])
    tree.links.new(info.outputs['Object Index'], both.inputs['Green'])
    tree.links.new(both.outputs['Color'], shine.inputs['Color'])
    tree.links.new(shine.outputs['Emission'], output.inputs['Surface'])
    return material
