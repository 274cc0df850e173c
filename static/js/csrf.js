/** Return the token that the site takes now: signing in again in another tab has changed it. */
export function csrfToken(form) {
  const [, cookie] = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/) ?? [];
  return cookie ?? form.elements.csrfmiddlewaretoken.value;
}
