// SPDX-License-Identifier: Apache-2.0
// STOP: its own connection to its own process; it needs nothing of the rest of the page.
(function () {
  'use strict';
  const button = document.getElementById('stop');
  const state = document.getElementById('stop-state');
  const own = `${location.protocol}//${location.hostname}:${button.dataset.port}`;
  const PATIENCE_MS = 400;
  const LOOK_MS = 2000;

  async function ask(url, method, milliseconds) {
    const cancel = new AbortController();
    const timer = setTimeout(() => cancel.abort(), milliseconds);
    try {
      const body = method === 'POST' ? (document.getElementById('operator')?.value || '') : undefined;
      const answer = await fetch(url, {method, body, credentials: 'include', cache: 'no-store',
                                       signal: cancel.signal});
      return {ok: answer.ok, content: await answer.json()};
    } finally {
      clearTimeout(timer);
    }
  }

  function show(text, tone, milliseconds) {
    state.textContent = text;
    state.className = tone;
    if (milliseconds) {
      state.dataset.milliseconds = milliseconds.toFixed(0);
    }
  }

  async function stop() {
    const began = performance.now();
    button.classList.add('pressed');
    show('stopping …', 'open');
    try {
      const {ok, content} = await ask(`${own}/stop`, 'POST', PATIENCE_MS);
      show(content.message, ok ? 'ok' : 'error', performance.now() - began);
    } catch (error) {
      show('No answer yet; trying the other way.', 'error');
      try {
        const {ok, content} = await ask('/stop', 'POST', 2000);
        show(content.message || 'STOP was refused.', ok ? 'warn' : 'error');
      } catch (error) {
        show('STOP was not heard by anybody.', 'error');
      }
    } finally {
      button.classList.remove('pressed');
    }
  }

  async function look() {
    let tone = 'dead';
    try {
      const {ok, content} = await ask(`${own}/ready`, 'GET', LOOK_MS);
      tone = ok && content.ready ? 'ready' : 'dead';
    } catch (error) {
      tone = 'dead';
    }
    button.classList.toggle('dead', tone === 'dead');
    button.setAttribute('aria-label', tone === 'dead' ? 'STOP, which reaches no node now' : 'STOP');
    setTimeout(look, LOOK_MS);
  }

  button.addEventListener('click', stop);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      stop();
    }
  }, true);
  look();
})();
