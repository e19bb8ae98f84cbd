# SPDX-License-Identifier: Apache-2.0
"""Warnings of the models reach the node, and nothing else does."""
import logging
import threading

from ris_ros.node.diagnostics import ForwardedLog


def test_warnings_of_the_package_are_forwarded_until_it_is_closed():
    told = []
    log = ForwardedLog(told.append)
    thread = threading.Thread(target=logging.getLogger('ris_ros.chunks').warning,
                              args=('going on with %d at a time', 2))
    thread.start()
    thread.join()
    logging.getLogger('ris_ros.chunks').info('not of interest')
    logging.getLogger('another.package').warning('not ours')
    log.close()
    logging.getLogger('ris_ros.encoder').warning('too late')
    assert told == ['going on with 2 at a time']
