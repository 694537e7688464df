package room

const word = "word"
