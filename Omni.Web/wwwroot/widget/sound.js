// Two soft notes, made here: no file to load and none for a page's policy to forbid.
let context;

export function chime() {
  if (!navigator.userActivation?.hasBeenActive || !window.AudioContext) return; // browsers forbid sound before the first click
  context ??= new AudioContext();
  [660, 880].forEach((pitch, n) => {
    const note = context.createOscillator();
    const loud = context.createGain();
    const at = context.currentTime + n * 0.13;
    note.frequency.value = pitch;
    loud.gain.setValueAtTime(0, at);
    loud.gain.linearRampToValueAtTime(0.09, at + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
    note.connect(loud).connect(context.destination);
    note.start(at);
    note.stop(at + 0.32);
  });
}
