"""Everything that `qa` raises for a caller to catch.

index.errors.DatelineError
└── AnsweringError
    ├── BadRequest                 the question or its filters cannot be used; 4xx
    │   ├── QuestionTooLong
    │   └── BodyTooLarge
    ├── BadConfiguration           a setting cannot be used; the program does not start
    └── NotReady                   the index is still being opened or rebuilt; 503

Not finding an answer is not an error: it is an `Answer` whose status is "abstained".
"""

from __future__ import annotations

from index.errors import DatelineError


class AnsweringError(DatelineError):
    error_code = "ANSWERING_ERROR"


class BadRequest(AnsweringError):
    error_code = "BAD_REQUEST"


class QuestionTooLong(BadRequest):
    error_code = "QUESTION_TOO_LONG"


class BodyTooLarge(BadRequest):
    error_code = "BODY_TOO_LARGE"


class NotReady(AnsweringError):
    error_code = "NOT_READY"


class BadConfiguration(AnsweringError):
    error_code = "BAD_CONFIGURATION"
