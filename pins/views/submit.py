from django.http import HttpRequest, HttpResponse


def show_again(request: HttpRequest, message: str, *, status: int) -> HttpResponse:
    raise ValueError
