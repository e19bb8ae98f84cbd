// SPDX-License-Identifier: Apache-2.0
// Fill a request and an answer, as a C++ program on a robot would.
#include <iostream>
#include <ris_ros/msg/grounding.hpp>
#include <ris_ros/srv/ground.hpp>

int main()
{
  ris_ros::srv::Ground::Request request;
  request.text = "the red mug";
  ris_ros::msg::Grounding answer;
  answer.status = ris_ros::msg::Grounding::FOUND;
  std::cout << "A C++ program asks for \"" << request.text << "\"; FOUND is "
            << static_cast<int>(answer.status) << ".\n";
  return 0;
}
