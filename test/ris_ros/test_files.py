# SPDX-License-Identifier: Apache-2.0
"""Files are there in full or not at all, on a full disk and in folders that cannot be written."""
from full_disk import files_in, full_disk
import numpy as np
import pytest

from ris_ros.errors import RisError
from ris_ros.files import write_whole
from ris_ros.image_files import read_image, write_film, write_image

PICTURE = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)


def test_a_file_and_its_folder_are_made(tmp_path):
    write_whole(tmp_path / 'new' / 'text', 'Grüße\n')
    assert (tmp_path / 'new' / 'text').read_text('utf-8') == 'Grüße\n'
    write_whole(tmp_path / 'new' / 'text', b'other')
    assert (tmp_path / 'new' / 'text').read_bytes() == b'other'
    assert files_in(tmp_path) == ['text']


@pytest.mark.parametrize('write', [
    lambda path: write_whole(path, b'x' * 5000),
    lambda path: write_image(path, PICTURE),
    lambda path: write_film(path.with_suffix('.gif'), [PICTURE, PICTURE[::-1]], 10.0),
])
def test_on_a_full_disk_nothing_is_left_but_a_sentence(tmp_path, write):
    with full_disk(1000), pytest.raises(RisError, match=r'cannot be written: File too large\.'):
        write(tmp_path / 'picture.png')
    assert files_in(tmp_path) == []


def test_the_old_file_stays_where_the_new_one_does_not_fit(tmp_path):
    write_image(tmp_path / 'picture.png', PICTURE)
    with full_disk(1000), pytest.raises(RisError):
        write_image(tmp_path / 'picture.png', PICTURE[::-1])
    assert (read_image(tmp_path / 'picture.png') == PICTURE).all()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / 'file').write_text('')
    path = tmp_path / 'file' / 'picture.png'
    with pytest.raises(RisError) as caught:
        write_image(path, PICTURE)
    assert str(caught.value) == (
        f'{path} cannot be written: a file exists where its folder should be. '
        'Choose another folder.')
