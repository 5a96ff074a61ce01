"""Takes forms from our own pages alone, without a token in them: browsers say where a form comes from."""

from urllib.parse import urlsplit

from starlette.requests import Request

from shared.kernel import Refusal


class ForeignForm(Refusal):
    """A form that was not sent by a page of the portal."""

    status = 403
    lao = "ແບບຟອມນີ້ ບໍ່ໄດ້ສົ່ງມາຈາກໜ້າເວັບນີ້. ກະລຸນາເປີດລິ້ງຂອງທ່ານ ແລ້ວລອງໃໝ່"
    english = "This form was not sent by a page of this site; open your link and try again."


async def check_same_origin(request: Request) -> None:
    """Dependency of every route that acts; raises `ForeignForm`.

    Browsers that do not send Sec-Fetch-Site name the origin of a form; both are out of reach of scripts.
    """
    site = request.headers.get("sec-fetch-site")
    if site is None:
        own = urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host")
    else:
        own = site == "same-origin"
    if not own:
        raise ForeignForm
