# SPDX-License-Identifier: Apache-2.0
"""One thread, every job answered exactly once, newer commands first."""
import threading

from builtin_interfaces.msg import Time
import pytest

from ris_ros.grounding.result import Grounding
from ris_ros.language.dialogue import interruption
from ris_ros.node.command import Answer, Command, Job, Source
from ris_ros.node.parameters import LiveSettings, Settings
from ris_ros.node.worker import Worker
from ris_ros.status import Status

TIMEOUT = 20


class Stage:
    """Stands where the models do: holds each job until it is let through."""

    def __init__(self):
        self.begun, self.go = threading.Semaphore(0), threading.Semaphore(0)
        self.delivered, self.errors, self.broken = [], [], False

    def interrupt(self, act):
        """Fail to forget."""
        raise RuntimeError('cannot forget')

    def deliver(self, answer):
        """Keep an answer, or fail to."""
        if self.broken:
            raise RuntimeError('no way out')
        self.delivered.append(answer)
        return answer

    def answer(self, job):
        """Answer a job once it is let through."""
        if job.cancel_reason:
            return Answer(job.command, Grounding(Status.UNKNOWN, job.cancel_reason))
        self.begun.release()
        assert self.go.acquire(timeout=TIMEOUT)
        if job.cancel_reason:
            return Answer(job.command, Grounding(Status.UNKNOWN, job.cancel_reason))
        if job.command.text == 'explode':
            raise RuntimeError('boom')
        return Answer(job.command, Grounding(Status.FOUND, 'Found.'))

    def summary(self):
        """Return text and status of what was delivered."""
        return [(a.command.text, a.grounding.status.name) for a in self.delivered]


@pytest.fixture
def stage():
    return Stage()


@pytest.fixture
def settings():
    return LiveSettings(Settings())


@pytest.fixture
def worker(stage, settings):
    worker = Worker(stage, settings, stage.deliver, stage.errors.append)
    yield worker
    stage.go.release(100)
    worker.stop(TIMEOUT)


def submit(worker, text, source=Source.TOPIC):
    job = Job(Command(f'id-{text}', text, Time()), source)
    worker.submit(job)
    return job


def test_jobs_are_answered_in_order(worker, stage):
    stage.go.release(3)
    jobs = [submit(worker, text, Source.SERVICE) for text in 'abc']
    assert all(job.wait(TIMEOUT) for job in jobs)
    assert stage.summary() == [('a', 'FOUND'), ('b', 'FOUND'), ('c', 'FOUND')]
    assert jobs[0].answer is stage.delivered[0]


def test_newer_command_replaces_those_before_it_and_all_are_answered(worker, stage):
    running = submit(worker, 'running')
    assert stage.begun.acquire(timeout=TIMEOUT)
    waiting, service, newest = (submit(worker, 'waiting'), submit(worker, 's', Source.SERVICE),
                                submit(worker, 'newest'))
    stage.go.release(3)
    assert all(job.wait(TIMEOUT) for job in (running, waiting, service, newest))
    assert stage.summary() == [
        ('running', 'UNKNOWN'), ('waiting', 'UNKNOWN'), ('s', 'FOUND'), ('newest', 'FOUND')]
    assert "newer command 'id-newest'" in waiting.answer.grounding.message


def test_service_call_in_hand_is_not_replaced(worker, stage):
    running = submit(worker, 'running', Source.SERVICE)
    assert stage.begun.acquire(timeout=TIMEOUT)
    others = [submit(worker, 's', Source.SERVICE), submit(worker, 't')]
    stage.go.release(3)
    assert all(job.wait(TIMEOUT) for job in (running, *others))
    assert [status for _, status in stage.summary()] == ['FOUND'] * 3


def test_failure_of_one_job_is_reported_and_the_next_is_answered(worker, stage):
    stage.go.release(2)
    broken, good = submit(worker, 'explode'), submit(worker, 'good', Source.SERVICE)
    assert broken.wait(TIMEOUT)
    assert good.wait(TIMEOUT)
    assert broken.answer.grounding.status is Status.MODEL_ERROR
    assert broken.answer.grounding.message == 'The node failed to answer: RuntimeError: boom'
    assert [str(error) for error in stage.errors] == ['boom']
    assert stage.summary() == [('explode', 'MODEL_ERROR'), ('good', 'FOUND')]


def test_caller_whose_answer_cannot_be_delivered_hears_why(worker, stage):
    stage.broken = True
    stage.go.release()
    job = submit(worker, 'a', Source.SERVICE)
    assert job.wait(TIMEOUT)
    assert job.final_answer.grounding.status is Status.MODEL_ERROR
    assert 'no way out' in job.final_answer.grounding.message


def test_stop_is_answered_though_all_around_it_fails(worker, stage):
    stop = Job(Command('1', 'stop', Time()), Source.SERVICE)
    worker.answer_interruption(stop, interruption('stop'))
    assert stop.wait(0)
    assert stage.summary() == [('stop', 'STOPPED')]
    assert [str(error) for error in stage.errors] == ['cannot forget']
    stage.broken = True
    again = Job(Command('2', 'stop', Time()), Source.SERVICE)
    worker.answer_interruption(again, interruption('stop'))
    assert again.wait(0)


def test_verdict_that_comes_with_a_newer_command_is_not_delivered(worker, stage):
    # The newer command comes when the models are done and nobody looks at the job any more.
    def answer(job):
        if job.command.text == 'old':
            submit(worker, 'new')
        return Answer(job.command, Grounding(Status.FOUND, 'Found.'))
    stage.answer = answer
    old = submit(worker, 'old')
    assert old.wait(TIMEOUT)
    assert old.answer.grounding.status is Status.UNKNOWN
    assert "newer command 'id-new'" in old.answer.grounding.message


def test_cancel_comes_too_late_once_the_verdict_is_on_its_way():
    job = Job(Command('1', 'a', Time()), Source.ACTION)
    assert job.commit() == ''
    assert not job.cancel('Changed my mind.')
    assert job.cancel_reason == ''


def test_first_reason_for_a_cancel_stays():
    job = Job(Command('1', 'a', Time()), Source.ACTION)
    assert job.cancel('First.')
    assert job.cancel('Second.')
    assert job.commit() == 'First.'


def test_stop_releases_those_who_wait(worker, stage):
    running, waiting = submit(worker, 'running'), submit(worker, 'w', Source.SERVICE)
    assert stage.begun.acquire(timeout=TIMEOUT)
    stopping = threading.Thread(target=worker.stop, args=(TIMEOUT,))
    stopping.start()
    assert waiting.wait(TIMEOUT)
    assert waiting.answer is None
    stage.go.release()
    stopping.join(TIMEOUT)
    assert running.answer.grounding.status is Status.FOUND
    assert submit(worker, 'late').wait(TIMEOUT)


def test_stop_does_not_wait_for_a_job_that_hangs(worker, stage):
    hanging = submit(worker, 'hanging', Source.SERVICE)
    assert stage.begun.acquire(timeout=TIMEOUT)
    worker.stop(timeout=0)
    assert hanging.wait(TIMEOUT)
    assert hanging.answer is None


def test_interruption_ends_all_at_once_and_each_exactly_once(worker, stage):
    running, waiting = submit(worker, 'running'), submit(worker, 'w', Source.SERVICE)
    assert stage.begun.acquire(timeout=TIMEOUT)
    worker.end_all('Stopped.')
    assert running.wait(0)  # though the models still hold it
    assert waiting.wait(0)
    assert {job.answer.grounding.message for job in (running, waiting)} == {'Stopped.'}
    late = submit(worker, 'late')
    stage.go.release(2)
    assert late.wait(TIMEOUT)
    assert stage.summary() == [('running', 'UNKNOWN'), ('w', 'UNKNOWN'), ('late', 'FOUND')]


def test_interruption_leaves_answers_alone_that_were_given(worker, stage):
    stage.go.release()
    done = submit(worker, 'done')
    assert done.wait(TIMEOUT)
    worker.end_all('Stopped.')
    assert done.answer.grounding.status is Status.FOUND
    assert stage.summary() == [('done', 'FOUND')]


def test_command_that_hangs_is_answered_in_time_and_the_next_when_the_model_comes_back(
        worker, stage, settings):
    settings.value = Settings(answer_timeout=0.2)
    hanging, waiting = submit(worker, 'hanging'), submit(worker, 'waiting', Source.SERVICE)
    assert hanging.wait(TIMEOUT)
    assert waiting.wait(TIMEOUT)
    for job in (hanging, waiting):
        assert job.answer.grounding.status is Status.MODEL_ERROR
        message = job.answer.grounding.message
        assert 'not answered within 0.2 s (parameter answer_timeout)' in message
        assert 'it still waits for an earlier command' in message
    # The model comes back: nothing is said twice, and the next command gets its verdict.
    settings.value = Settings()
    stage.go.release(2)
    good = submit(worker, 'good')
    assert good.wait(TIMEOUT)
    assert stage.summary() == [
        ('hanging', 'MODEL_ERROR'), ('waiting', 'MODEL_ERROR'), ('good', 'FOUND')]


def test_command_that_was_replaced_while_it_hung_says_so(worker, stage, settings):
    old = submit(worker, 'old')
    assert stage.begun.acquire(timeout=TIMEOUT)
    new = submit(worker, 'new')
    settings.value = Settings(answer_timeout=0.2)
    assert old.wait(TIMEOUT)
    assert new.wait(TIMEOUT)
    assert old.answer.grounding.status is Status.UNKNOWN
    assert "newer command 'id-new'" in old.answer.grounding.message
    assert new.answer.grounding.status is Status.MODEL_ERROR


def test_without_a_timeout_a_command_waits_as_long_as_it_takes(worker, stage, settings):
    settings.value = Settings(answer_timeout=0.0)
    slow = submit(worker, 'slow')
    assert not slow.wait(0.5)
    stage.go.release()
    assert slow.wait(TIMEOUT)
    assert slow.answer.grounding.status is Status.FOUND
