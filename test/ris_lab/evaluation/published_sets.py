# SPDX-License-Identifier: Apache-2.0
"""Data sets in the published formats, made from simulated scenes."""
from dataclasses import dataclass
import json
import pickle
import shutil

import cv2
import numpy as np

from ris_lab.evaluation.coco_masks import encode

SKIPPED = ('dialogue', 'ambiguous')


@dataclass(frozen=True, eq=False)
class Scene:
    """One simulated scene: its picture, and each expression with the labels that it means."""

    number: int
    picture: str
    labels: np.ndarray
    expressions: tuple[tuple[str, tuple[int, ...]], ...]


def read_scenes(folder):
    """Return the scenes that `ris simulate --absent` wrote."""
    scenes = []
    for number, scene in enumerate(sorted(folder.glob('scene_*'))):
        records = [json.loads(line)
                   for line in (scene / 'expressions.jsonl').read_text().splitlines()]
        meant = tuple((record['text'], tuple([record['target_label']] if record['target_label']
                                             else record['target_labels']))
                      for record in records if record['kind'] not in SKIPPED)
        scenes.append(Scene(number + 1, str(scene / 'image.png'),
                            cv2.imread(str(scene / 'labels.png'), cv2.IMREAD_UNCHANGED), meant))
    return scenes


def write_pictures(folder, scenes):
    folder.mkdir(parents=True, exist_ok=True)
    for scene in scenes:
        shutil.copy(scene.picture, folder / name_of(scene))


def name_of(scene):
    return f'COCO_train2014_{scene.number:012}.png'


def write_instances(folder, scenes):
    """Write COCO's annotations: one for each object, id = 100 x picture + label."""
    height, width = scenes[0].labels.shape
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'instances.json').write_text(json.dumps({
        'images': [{'id': scene.number, 'file_name': name_of(scene), 'height': height,
                    'width': width} for scene in scenes],
        'annotations': [{'id': 100 * scene.number + int(label), 'image_id': scene.number,
                         'segmentation': encode(scene.labels == label), 'iscrowd': 0}
                        for scene in scenes for label in np.unique(scene.labels) if label],
        'categories': [{'id': 1, 'name': 'thing'}]}))


def refs_of(scenes, lists):
    """Return the references; lists: whether several or no objects may be meant."""
    refs = []
    for scene in scenes:
        for text, meant in scene.expressions:
            ids = [100 * scene.number + label for label in meant]
            if not lists and len(ids) != 1:
                continue
            ref = {'ref_id': len(refs) + 1, 'image_id': scene.number, 'split': 'val',
                   'ann_id': ids[0] if not lists else ids or [-1], 'file_name': name_of(scene),
                   'category_id': [1] if lists else 1,
                   'sentences': [{'sent_id': 0, 'raw': text, 'sent': text.lower(),
                                  'tokens': text.split()}]}
            refs.append({**ref, 'no_target': not ids} if lists else ref)
    return refs


def write_refer(root, scenes, name='refcoco', split_by='unc'):
    write_instances(root / name, scenes)
    (root / name / f'refs({split_by}).p').write_bytes(pickle.dumps(refs_of(scenes, False), 2))
    write_pictures(root / 'images' / 'train2014', scenes)


def write_grefcoco(root, scenes):
    write_instances(root / 'grefcoco', scenes)
    (root / 'grefcoco' / 'grefs(unc).json').write_text(json.dumps(refs_of(scenes, True)))
    write_pictures(root / 'images' / 'train2014', scenes)


def refcoco_m_rows(scenes):
    return [{'image_id': scene.number, 'file_name': name_of(scene), 'samples': [
        {'id': f'{scene.number}-{number}', 'image_id': scene.number, 'category': 'thing',
         'supercategory': 'thing', 'label': text, 'sentences': [text],
         'bbox': list(map(float, cv2.boundingRect((scene.labels == meant[0]).astype(np.uint8)))),
         'mask': encode(scene.labels == meant[0])}
        for number, (text, meant) in enumerate(scene.expressions) if len(meant) == 1]}
        for scene in scenes]


def write_refcoco_m(root, scenes):
    write_pictures(root / 'images', scenes)
    (root / 'validation.jsonl').write_text(
        ''.join(json.dumps(row) + '\n' for row in refcoco_m_rows(scenes)))


def write_openref(root, scenes):
    height, width = scenes[0].labels.shape
    entries = []
    for scene in scenes:
        absent = next((text for text, meant in scene.expressions if not meant), None)
        for text, meant in scene.expressions:
            boxes = [cv2.boundingRect((scene.labels == label).astype(np.uint8)) for label in meant]
            entries.append({
                'image': name_of(scene), 'positive': text, 'bbox_num': len(meant),
                'negative': absent if meant else None,
                'relation_type': ('none', 'single', 'multi')[min(len(meant), 2)],
                'proposal': [{'x': 100 * x / width, 'y': 100 * y / height,
                              'width': 100 * w / width, 'height': 100 * h / height,
                              'original_width': width, 'original_height': height}
                             for x, y, w, h in boxes]})
    write_pictures(root / 'val', scenes)
    (root / 'val.json').write_text(json.dumps(entries))


def write_phrasecut(root, scenes):
    (root / 'images').mkdir(parents=True)
    tasks = []
    for scene in scenes:
        shutil.copy(scene.picture, root / 'images' / f'{scene.number}.jpg')
        for number, (text, meant) in enumerate(scene.expressions):
            contours = [contour[:, 0].tolist() for label in meant for contour in cv2.findContours(
                (scene.labels == label).astype(np.uint8), cv2.RETR_EXTERNAL,
                cv2.CHAIN_APPROX_SIMPLE)[0]]
            if contours:
                tasks.append({'task_id': f'{scene.number}__{number}', 'image_id': scene.number,
                              'phrase': text, 'Polygons': [contours]})
    (root / 'refer_val.json').write_text(json.dumps(tasks))
    height, width = scenes[0].labels.shape
    (root / 'image_data_split.json').write_text(json.dumps(
        [{'image_id': scene.number, 'width': width, 'height': height} for scene in scenes]))


def write_own_pictures(root, scenes):
    entries = []
    root.mkdir(parents=True, exist_ok=True)
    for scene in scenes:
        shutil.copy(scene.picture, root / name_of(scene))
        expressions = []
        for text, meant in scene.expressions:
            if len(meant) > 1:
                continue
            box = None
            if meant:
                x, y, w, h = cv2.boundingRect((scene.labels == meant[0]).astype(np.uint8))
                box = [x, y, x + w, y + h]
            expressions.append({'text': text, 'box': box})
        entries.append({'id': str(scene.number), 'color_path': name_of(scene),
                        'expressions': expressions})
    (root / 'pictures.json').write_text(json.dumps(entries))
