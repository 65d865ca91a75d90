from .dead_letters import DeadLetterQueue, Sender
from .queue import Queue
from .topic import Topic

__all__ = ["DeadLetterQueue", "Queue", "Sender", "Topic"]
