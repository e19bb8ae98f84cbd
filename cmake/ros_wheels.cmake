# SPDX-License-Identifier: Apache-2.0
# Used only by setup.py, which builds against ROS from PyPI's wheels: their exported targets name
# the Python include folder of the machine that built the wheels, and CMake refuses folders that
# are not there.  Deferred, so that every find_package() has run.
function(_drop_include_folders_of_wheel_builder)
  get_property(_targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  foreach(_target IN LISTS _targets)
    get_target_property(_folders ${_target} INTERFACE_INCLUDE_DIRECTORIES)
    if(_folders MATCHES "/opt/python/")
      list(FILTER _folders EXCLUDE REGEX "^/opt/python/")
      set_target_properties(${_target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${_folders}")
    endif()
  endforeach()
endfunction()

cmake_language(DEFER CALL _drop_include_folders_of_wheel_builder)
