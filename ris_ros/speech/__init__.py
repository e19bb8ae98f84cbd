# SPDX-License-Identifier: Apache-2.0
"""Speech: from sound to the text of a command."""
