// Package demo makes a throw-away workspace and has a team of scripted agents work
// in it, so that a newcomer sees a hub at work without having one.
//
// Nothing in it is simulated but the agents' thinking: the workspace is a git
// repository with a history, and each agent is a client of the hub as the bones
// command line is. It has a connection of its own, a session it renews, tasks it
// claims and closes by events and records, a clone it checks in to and pushes from,
// and a slot directory. Some agents stall, crash and come back.
//
// A [Workspace] is removed by its owner; [Sweep] removes those whose owner died.
package demo
