//go:build !linux

package proc_test

func recycle() {}

func headless() {}
