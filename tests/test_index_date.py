from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.date import read_date

DAY = date(2021, 2, 24)


@pytest.mark.parametrize(
    "value",
    [
        "2021-02-24",
        "20210224",
        "2021/02/24",
        "2021-02-24T08:30:00Z",
        "2021-02-24 08:30:00.123456+00:00",
        "2021-02-24T08:30",
        "2021-02-24T99:99:99Z",
        "24 February 2021",
        "Feb. 24, 2021",
        "February 24th, 2021",
        "Wednesday, February 24, 2021",
        "Published: 24 Feb 2021",
        "Updated 9:12 AM EST, Wed February 24, 2021",
        "Wed, 24 Feb 2021 08:30:00 GMT",
        "24/02/2021",
        "02/24/2021",
        "24.02.2021",
        "24.02.2021 18:40",
        "1614155400",
        "1614155400000",
        "1614155400.000",
        "  2021-02-24  ",
    ],
)
def test_reads_the_day(value: str) -> None:
    assert read_date(value) == DAY


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2021-02-24T23:30:00-05:00", date(2021, 2, 25)),
        ("2021-02-25T01:30:00+0300", date(2021, 2, 24)),
        ("Wed, 24 Feb 2021 23:30:00 -0500", date(2021, 2, 25)),
        ("Wed, 24 Feb 2021 23:30:00 EST", date(2021, 2, 25)),
        ("February 24, 2021 11:30 PM EST", date(2021, 2, 25)),
        ("02.03.2021", date(2021, 3, 2)),
        ("03/03/2021", date(2021, 3, 3)),
    ],
)
def test_a_zone_moves_to_the_day_in_utc(value: str, day: date) -> None:
    assert read_date(value) == day


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "Monday",
        "yesterday",
        "2021",
        "February 2021",
        "24 February",
        "Feb 24, 21",
        "02/03/2021",
        "2021-02-30",
        "1750-01-01",
        "2999-01-01",
        "10:30",
        "12345",
        "99999999999999999999",
        "may be 3 of them in 2021 or so, who knows what the month is",
        "0000-00-00",
        "2021-02-24" * 30,
        "\x00",
        "٢٠٢١-٠٢-٣٤",
    ],
)
def test_what_does_not_tell_a_day_is_none(value: str | None) -> None:
    assert read_date(value) is None


@given(st.text(max_size=60) | st.from_regex(r"[0-9/.:\- ]{1,30}(Feb|May|EST|Z)?", fullmatch=True))
def test_never_raises_and_stays_in_range(value: str) -> None:
    found = read_date(value)
    assert found is None or date(1800, 1, 1) <= found <= date(2100, 12, 31)


@given(st.datetimes(datetime(1800, 1, 2), datetime(2100, 12, 30)))
def test_iso_round_trip(moment: datetime) -> None:
    assert read_date(moment.date().isoformat()) == moment.date()
    assert read_date(moment.replace(tzinfo=UTC).isoformat()) == moment.date()
