// Sends the end of a link of an earlier message, which browsers keep to themselves, to the form of this page.
const box = document.querySelector("input[name=link]");
const end = location.hash.slice(1);
if (box && end) {
  history.replaceState(null, "", location.pathname); // so that the way back does not send it again
  box.value = end;
  box.form.submit();
}
