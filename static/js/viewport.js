/** What waits until it can be seen. */

/** Resolve when the element comes within `margin` of the viewport for the first time. */
export function nearViewport(element, margin = "200px") {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        resolve();
      },
      { rootMargin: margin },
    );
    observer.observe(element);
  });
}
