// SPDX-License-Identifier: Apache-2.0
// The picture, and pointing in it.
(function () {
  'use strict';
  const STEP = 0.02; // of the picture's width, for an arrow key
  let number = 0;
  let size = [640, 480];
  let stamp = '0 0';
  let cross = null;

  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const part = (id) => document.getElementById(id);

  // The next picture is asked for when the last one is shown: there is never a queue of old ones.
  async function showPictures() {
    for (;;) {
      const canvas = part('picture');
      if (!canvas || document.hidden) {
        await wait(100);
        continue;
      }
      try {
        const answer = await fetch(`/picture?after=${number}`, {cache: 'no-store'});
        if (answer.status === 401) {
          location.reload();
          return;
        }
        if (answer.status !== 200) {
          await wait(100);
          continue;
        }
        const picture = await createImageBitmap(await answer.blob());
        if (canvas.width !== picture.width || canvas.height !== picture.height) {
          canvas.width = picture.width;
          canvas.height = picture.height;
          part('stage').style.setProperty('--ratio', picture.width / picture.height);
        }
        canvas.getContext('2d').drawImage(picture, 0, 0);
        picture.close();
        number = Number(answer.headers.get('X-Number'));
        size = answer.headers.get('X-Size').split(' ').map(Number);
        stamp = answer.headers.get('X-Stamp');
        canvas.dataset.number = number;
      } catch (error) {
        await wait(500);
      }
    }
  }

  // What was sent, and is not confirmed yet; kept for this tab, should it be loaded anew.
  function unconfirmed() {
    return JSON.parse(sessionStorage.getItem('ris-unconfirmed') || '[]');
  }

  function keepUnconfirmed(commands) {
    sessionStorage.setItem('ris-unconfirmed', JSON.stringify(commands));
  }

  // The page of the server calls it.
  window.confirmCommand = (command) => {
    keepUnconfirmed(unconfirmed().filter((sent) => sent.command !== command));
  };

  // Without a connection nothing is sent: it would arrive when the connection is back, too late.
  function send(name, content) {
    if (!window.socket || !window.socket.connected) {
      return false;
    }
    const command = `${Date.now()}-${Math.random()}`;
    keepUnconfirmed([...unconfirmed(), {command, text: content.text || 'click'}]);
    emitEvent(name, {...content, command});
    return true;
  }

  // Here and not by the server, whose answer could come when the next words are being typed.
  function takeText() {
    const field = part('command');
    const text = field.value;
    field.value = '';
    field.dispatchEvent(new Event('input', {bubbles: true}));
    return text;
  }

  function point(x, y) {
    const [width, height] = size;
    const text = part('command').value;
    if (send('point', {text, u: Math.min(width - 1, Math.max(0, Math.floor(x * width))),
                       v: Math.min(height - 1, Math.max(0, Math.floor(y * height))), stamp})) {
      takeText();
    }
  }

  function moveCross(x, y) {
    cross = [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
    const mark = part('cross');
    mark.style.left = `${100 * cross[0]}%`;
    mark.style.top = `${100 * cross[1]}%`;
    mark.style.display = 'block';
  }

  // The list may be drawn anew between the press and the release of a button.
  let pressed = null;
  document.addEventListener('pointerdown', (event) => {
    const thing = event.target.closest('[data-thing]');
    pressed = thing && thing.dataset.thing;
  });

  function meanThing(target) {
    const thing = target.closest('[data-thing]');
    const id = thing ? thing.dataset.thing : pressed;
    if (id && send('mean', {text: part('command').value, id})) {
      takeText();
    }
  }

  // Whoever goes through the list by keyboard stays at the same thing when it is drawn anew.
  function keepFocus() {
    let focused = null;
    document.addEventListener('focusin', (event) => {
      const thing = event.target.closest('[data-thing]');
      focused = thing && thing.dataset.thing;
    });
    new MutationObserver(() => {
      if (focused && document.activeElement === document.body) {
        const thing = document.querySelector(`[data-thing="${focused}"]`);
        if (thing) {
          thing.focus({preventScroll: true});
        }
      }
    }).observe(document.body, {childList: true, subtree: true});
  }

  document.addEventListener('click', (event) => {
    if (event.target.closest('#scene')) {
      meanThing(event.target);
      pressed = null;
      return;
    }
    const choice = event.target.closest('[data-number]');
    const answer = choice && choice.closest('[data-answer]');
    if (answer) {
      send('choose', {number: choice.dataset.number, answer: answer.dataset.answer});
      return;
    }
    if (!event.target.closest('#stage')) {
      return;
    }
    const box = part('picture').getBoundingClientRect();
    point((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  });

  document.addEventListener('keydown', (event) => {
    if (event.target.id !== 'picture') {
      return;
    }
    const [x, y] = cross || [0.5, 0.5];
    const moves = {ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP],
                   ArrowDown: [0, STEP]};
    if (moves[event.key]) {
      event.preventDefault();
      moveCross(x + moves[event.key][0], y + moves[event.key][1]);
    } else if (event.key === 'Enter' && cross) {
      point(x, y);
    }
  });

  document.addEventListener('submit', (event) => {
    event.preventDefault();
    if (send('say', {text: part('command').value})) {
      takeText();
    }
  });

  // The name is kept for this tab, should it be loaded anew, and for the next visit.
  document.addEventListener('input', (event) => {
    if (event.target.id === 'operator') {
      sessionStorage.setItem('ris-name', event.target.value);
      localStorage.setItem('ris-name', event.target.value);
    }
  });

  // A connection that breaks may lose the name that was being typed, and what was sent.
  function tellKept() {
    const name = sessionStorage.getItem('ris-name');
    if (name) {
      emitEvent('name', {name});
    }
    if (unconfirmed().length) {
      emitEvent('unconfirmed', {commands: unconfirmed()});
    }
  }

  async function tellKeptOnEachConnection() {
    while (!window.socket) {
      await wait(100);
    }
    window.socket.on('connect', tellKept);
    if (window.socket.connected) {
      tellKept();
    }
  }

  keepFocus();
  tellKeptOnEachConnection();
  showPictures();
})();
