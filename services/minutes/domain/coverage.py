"""The characters that the fonts of documents can draw, as ranges in hexadecimal; written by `adapters/coverage.py`."""

from typing import Final

RANGES: Final = (
    "0 d 20-7e a0-377 37a-37f 384-38a 38c 38e-3a1 3a3-3e1 3f0-52f e01-e3a e3f-e5b e81-e82 e84 e87-e88 e8a e8d "
    "e94-e97 e99-e9f ea1-ea3 ea5 ea7 eaa-eab ead-eb9 ebb-ebd ec0-ec4 ec6 ec8-ecd ed0-ed9 edc-edf 1000-109f "
    "1780-17dd 17e0-17e9 17f0-17f9 19e0-19ff 1ab0-1ac0 1c80-1c88 1d00-1df9 1dfb-1f15 1f18-1f1d 1f20-1f45 "
    "1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 1fb6-1fc4 1fc6-1fd3 1fd6-1fdb 1fdd-1fef 1ff2-1ff4 "
    "1ff6-1ffe 2000-2064 2066-2071 2074-208e 2090-209c 20a0-20bf 20f0 2100-215f 2184 2189 25cc 2c60-2c7f "
    "2de0-2e52 a640-a69f a700-a7bf a7c2-a7ca a7f5-a7ff a92e a9e0-a9fe aa60-aa7f ab30-ab6b fb00-fb06 fe00 "
    "fe20-fe2f feff fffc-fffd "
)
