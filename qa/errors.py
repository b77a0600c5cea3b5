"""Everything that `qa` raises for a caller to catch.

index.errors.DatelineError
└── AnsweringError
    ├── BadRequest                 the question or its filters cannot be used; 4xx
    │   ├── QuestionTooLong
    │   └── BodyTooLarge
    ├── AnswerNotFound             no answer of that id is kept; 404
    │   └── AnswersNotKept         none is kept at all
    ├── ConversationNotFound       no such conversation, or it is another's; 404
    │   └── ConversationsNotKept   none is kept at all
    ├── ConversationFull           it has as many turns as one may have; 409
    ├── TooManyConversations       there are as many as may be; 429
    ├── AskerLeft                  nobody waits for the answer any more; told to nobody
    ├── FeedbackNotKept            the journal of answers can't be written; 503
    ├── JournalUnreadable          the journal of answers is not there, or can't be read
    ├── BadConfiguration           a setting cannot be used; the program does not start
    ├── LLMFailed                  the language model gave no answer (in qa.llm)
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


class AnswerNotFound(AnsweringError):
    error_code = "ANSWER_NOT_FOUND"


class AnswersNotKept(AnswerNotFound):
    error_code = "ANSWERS_NOT_KEPT"


class ConversationNotFound(AnsweringError):
    error_code = "CONVERSATION_NOT_FOUND"


class ConversationsNotKept(ConversationNotFound):
    error_code = "CONVERSATIONS_NOT_KEPT"


class ConversationFull(AnsweringError):
    error_code = "CONVERSATION_FULL"


class TooManyConversations(AnsweringError):
    error_code = "TOO_MANY_CONVERSATIONS"


class AskerLeft(AnsweringError):
    error_code = "ASKER_LEFT"


class FeedbackNotKept(AnsweringError):
    error_code = "FEEDBACK_NOT_KEPT"


class JournalUnreadable(AnsweringError):
    error_code = "JOURNAL_UNREADABLE"


class NotReady(AnsweringError):
    error_code = "NOT_READY"


class BadConfiguration(AnsweringError):
    error_code = "BAD_CONFIGURATION"
