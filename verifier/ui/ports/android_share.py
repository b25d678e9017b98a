"""Give a file out on an Android phone: saved to its downloads, then the system's sheet of apps."""

from typing import Final

from verifier.ui.ports.android_java import JavaError, activity, call, java
from verifier.ui.ports.share import PDF, Shared, ShareError, plain_name

_SHARE: Final = "org.ombord.FileShare"


class AndroidShare:
    """`verifier.ui.ports.share.Share`, by MediaStore (Android 10 and later); needs no permission."""

    def share(self, name: str, data: bytes, media_type: str = PDF) -> Shared:
        """Hand over `data`; where it goes, the person chooses. Raises ShareError."""
        try:
            call(java(_SHARE).share, activity(), plain_name(name), media_type, data)
        except JavaError as error:
            raise ShareError(str(error)) from error
        return Shared(None)
