// Loads the wanted page again as soon as the server answers; each window at a moment of its own, since all of them come back at once.
async function look() {
  try {
    const answer = await fetch('/health/live', { cache: 'no-store' });
    if (answer.ok) {
      location.reload();
      return;
    }
  } catch { /* not yet */ }
  setTimeout(look, 3000 + Math.random() * 4000);
}
addEventListener('online', look);
setTimeout(look, 3000);
