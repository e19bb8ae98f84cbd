# SPDX-License-Identifier: Apache-2.0
"""Who may use the console: names, origins, tokens, certificates."""
from local_servers import make_certificate
import pytest

from ris_ros.console.access import (
    TOKEN_VARIABLE,
    AccessRules,
    check_certificate,
    choose_token,
    is_loopback,
)
from ris_ros.errors import RisError

OPEN = AccessRules('', 8080, 8081, encrypted=False)
LOCKED = AccessRules('a token of a robot', 8080, 8081, encrypted=True)


@pytest.mark.parametrize(('host', 'accepted'), [
    ('localhost:8080', True), ('127.0.0.1:8080', True), ('[::1]:8080', True), ('', False),
    ('evil.example:8080', False), ('192.168.1.7:8080', False), ('[', False)])
def test_without_a_token_only_names_of_this_computer_are_answered(host, accepted):
    assert OPEN.accepts_host(host) == accepted


@pytest.mark.parametrize(('origin', 'accepted'), [
    ('', True), ('http://localhost:8080', True), ('http://localhost:9999', False),
    ('https://localhost:8080', False), ('http://evil.example:8080', False), ('null', False),
    ('http://localhost:x', False)])
def test_only_the_page_itself_may_ask(origin, accepted):
    assert OPEN.accepts_origin(origin, 'localhost:8080') == accepted
    # To the port of STOP, the page comes from another port.
    assert OPEN.accepts_origin(origin, 'localhost:8081') == accepted


def test_the_cookie_stands_for_the_token_and_does_not_tell_it():
    header = LOCKED.set_cookie()
    assert LOCKED.token not in header
    assert {'HttpOnly', 'SameSite=Strict', 'Secure'} <= set(header.split('; '))
    assert LOCKED.has_cookie(f'other=1; {header.partition(";")[0]}')


@pytest.mark.parametrize('cookie', ['', 'ris_console=', 'ris_console=a token of a robot', '\x00=;',
                                    'ris_console=é'])
def test_a_wrong_cookie_opens_nothing(cookie):
    assert not LOCKED.has_cookie(cookie)
    assert OPEN.has_cookie(cookie)


@pytest.mark.parametrize('text', ['', 'a token of a robo', 'é', '\ud800'])
def test_a_wrong_token_is_none(text):
    assert not LOCKED.is_token(text)
    assert not OPEN.is_token(text)
    assert LOCKED.is_token('a token of a robot')


def test_other_computers_are_asked_for_a_token_that_is_made_anew(monkeypatch):
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    assert choose_token('127.0.0.1', None) == ''
    tokens = {choose_token('0.0.0.0', None) for _ in range(2)}
    assert len(tokens) == 2
    assert min(map(len, tokens)) >= 20


def test_a_token_comes_from_the_file_before_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv(TOKEN_VARIABLE, 'that of the variable')
    assert choose_token('127.0.0.1', None) == 'that of the variable'
    (tmp_path / 'token').write_text('that of the file\n')
    assert choose_token('127.0.0.1', tmp_path / 'token') == 'that of the file'


@pytest.mark.parametrize('content', ['short', '', 'ééééééééééééé'])
def test_a_token_that_is_no_secret_is_refused(content, tmp_path):
    (tmp_path / 'token').write_text(content)
    with pytest.raises(RisError, match=r'expected at least 12, of ASCII'):
        choose_token('0.0.0.0', tmp_path / 'token')


def test_a_token_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(RisError, match=r'token file .*none cannot be read'):
        choose_token('0.0.0.0', tmp_path / 'none')


@pytest.mark.parametrize(('host', 'own'), [
    ('127.0.0.1', True), ('127.0.0.2', True), ('::1', True), ('localhost', True),
    ('0.0.0.0', False), ('192.168.1.7', False), ('robot.local', False), ('', False)])
def test_addresses_of_this_computer(host, own):
    assert is_loopback(host) == own


def test_wrong_files_for_https_give_a_sentence(tmp_path):
    with pytest.raises(RisError, match='key was given without a certificate'):
        check_certificate(None, tmp_path / 'key')
    (tmp_path / 'text').write_text('no certificate')
    for file in ('none', 'text'):
        with pytest.raises(RisError, match=r'cannot be used with the key.*Expected PEM files'):
            check_certificate(tmp_path / file, None)


def test_a_certificate_with_its_key_is_taken(tmp_path):
    make_certificate(tmp_path, 'localhost')
    check_certificate(tmp_path / 'cert.pem', tmp_path / 'key.pem')
