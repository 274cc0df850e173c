"""An author answers a question of moderation by the link in the mail."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pins.models import Question
from pins.moderation.asking import answer_question
from pins.moderation.letters import read_answer_token
from pins.moderation_forms import AnswerForm
from pins.workflow import MoveNotAllowed, Visibility


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question; on POST keep the answer.

    404 for a link that is none, 409 where nothing can be answered any more, 422 for an
    empty answer. The page shows the question and the title, and nothing else.
    """
    try:
        number = read_answer_token(token)
    except signing.BadSignature as error:
        raise Http404 from error
    found = Question.objects.select_related("pin", "comment__pin")
    question = get_object_or_404(found, pk=number)
    if request.method != "POST":
        return _page(request, question, AnswerForm())
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, question, form, status=422)
    try:
        answer_question(question=question, text=form.cleaned_data["answer"])
    except MoveNotAllowed as error:
        question.refresh_from_db()
        form.add_error(None, str(error))
        return _page(request, question, form, status=409)
    return redirect(f"{request.path}?done=answer")


def _page(
    request: HttpRequest, question: Question, form: AnswerForm, status: int = 200
) -> HttpResponse:
    subject = question.subject
    is_waiting = subject is not None and subject.visibility == Visibility.SUBMITTED
    context = {
        "question": question,
        "subject": subject,
        "form": form,
        "is_open": is_waiting and question.answered_at is None,
        "done": request.GET.get("done", ""),
    }
    return render(request, "pins/answer.html", context, status=status)
