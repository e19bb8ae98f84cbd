// SPDX-License-Identifier: Apache-2.0
// Cuts what the microphone hears into blocks of 16-bit samples at 16 kHz. A sample is the mean of
// those of the microphone that fall into its time, which also takes away what is too high.
const RATE = 16000;
const LENGTH = 1600;

class Blocks extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = RATE / sampleRate;
    this.place = 0;
    this.sum = 0;
    this.count = 0;
    this.block = new Int16Array(LENGTH);
    this.filled = 0;
  }

  process(inputs) {
    for (const value of inputs[0][0] || []) {
      this.sum += value;
      this.count += 1;
      this.place += this.step;
      if (this.place >= 1) {
        this.place -= 1;
        this.add(this.sum / this.count);
        this.sum = 0;
        this.count = 0;
      }
    }
    return true;
  }

  add(value) {
    this.block[this.filled] = Math.round(32767 * Math.max(-1, Math.min(1, value)));
    this.filled += 1;
    if (this.filled === LENGTH) {
      this.port.postMessage(this.block.slice().buffer);
      this.filled = 0;
    }
  }
}

registerProcessor('ris-blocks', Blocks);
