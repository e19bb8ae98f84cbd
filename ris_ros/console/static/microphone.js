// SPDX-License-Identifier: Apache-2.0
// Hold to talk: what the microphone hears while a button is held goes to the speech node.
(function () {
  'use strict';
  const TAIL_MS = 350; // a button is released before the last word has ended
  let held = false;
  let talk = null;

  const part = (id) => document.getElementById(id);

  function show(text, tone) {
    part('mic-state').textContent = text;
    part('mic').className = tone;
    part('mic').setAttribute('aria-pressed', tone === 'on');
  }

  function reason(error) {
    if (!navigator.mediaDevices) {
      return 'A browser gives its microphone to an encrypted page only: start the console with --certificate.';
    }
    return {NotAllowedError: 'The browser was not allowed to use the microphone.',
            NotFoundError: 'This computer has no microphone.'}[error.name] || `The microphone fails: ${error.message}`;
  }

  async function begin() {
    held = true;
    if (talk) {
      return;
    }
    talk = {blocks: []};
    show('wait …', 'wait');
    try {
      await listen(talk);
    } catch (error) {
      end(reason(error));
      return;
    }
    if (!held) { // while the browser asked for the microphone
      end('Hold the button while you talk.');
      return;
    }
    connect(talk);
  }

  async function listen(mine) {
    mine.stream = await navigator.mediaDevices.getUserMedia(
      {audio: {channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true}});
    mine.context = new AudioContext();
    await mine.context.audioWorklet.addModule('/console/blocks.js');
    const blocks = new AudioWorkletNode(mine.context, 'ris-blocks', {numberOfOutputs: 0});
    blocks.port.onmessage = (event) => {
      if (mine.open) {
        mine.socket.send(event.data);
      } else {
        mine.blocks.push(event.data);
      }
    };
    mine.context.createMediaStreamSource(mine.stream).connect(blocks);
    await mine.context.resume();
  }

  function connect(mine) {
    mine.socket = new WebSocket(`${location.protocol.replace('http', 'ws')}//${location.host}/sound`);
    mine.socket.onopen = () => mine.socket.send(part('operator')?.value || '');
    mine.socket.onmessage = (event) => {
      if (event.data !== 'speak') {
        end(event.data);
        return;
      }
      mine.open = true;
      mine.blocks.splice(0).forEach((block) => mine.socket.send(block));
      show('Speak …', 'on');
    };
    mine.socket.onclose = () => {
      if (talk === mine) {
        end('The console does not hear you.');
      }
    };
  }

  function release() {
    if (!held) {
      return;
    }
    held = false;
    if (talk && talk.socket) {
      const mine = talk;
      setTimeout(() => {
        if (talk === mine) {
          end('');
        }
      }, TAIL_MS);
    }
  }

  function end(text) {
    const mine = talk;
    talk = null;
    mine.stream?.getTracks().forEach((track) => track.stop());
    mine.context?.close();
    mine.socket?.close();
    show(text, text ? 'error' : '');
  }

  const isButton = (event) => event.target.closest && event.target.closest('#mic');
  const isKey = (event) => isButton(event) && (event.key === ' ' || event.key === 'Enter');

  document.addEventListener('pointerdown', (event) => {
    if (isButton(event) && event.button === 0) {
      begin();
    }
  });
  for (const name of ['pointerup', 'pointercancel']) {
    document.addEventListener(name, release);
  }
  window.addEventListener('blur', release);
  document.addEventListener('keydown', (event) => {
    if (isKey(event)) {
      event.preventDefault();
      if (!event.repeat) {
        begin();
      }
    }
  });
  document.addEventListener('keyup', (event) => {
    if (event.key === ' ' || event.key === 'Enter') {
      release();
    }
  });
  document.addEventListener('contextmenu', (event) => { // a long press on a phone
    if (isButton(event)) {
      event.preventDefault();
    }
  });
})();
