/* session/command_queue: commands on their way from the ui to the training thread, in order, a bounded number.
 *
 * Ownership: command_queue_free gives it back once both threads are done with it. Threads: one sender,
 * one taker; neither waits for more than a copy. */
#ifndef LRD_SESSION_COMMAND_QUEUE_H
#define LRD_SESSION_COMMAND_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/session/command.h>

enum { COMMAND_QUEUE_CAPACITY = 64 };

typedef struct CommandQueue CommandQueue;

CommandQueue *command_queue_new(void);
void command_queue_free(CommandQueue *q);
/* false when it is full. *number (may be NULL) counts the commands sent, from 1. */
bool command_queue_send(CommandQueue *q, const Command *command, uint64_t *number);
/* The oldest; false when there is none. */
bool command_queue_take(CommandQueue *q, Command *command);
/* No further command will come: the taker is woken and finds it closed. */
void command_queue_close(CommandQueue *q);
bool command_queue_is_closed(CommandQueue *q);
/* Sleeps until a command comes or the queue is closed, at most that many seconds; below 0: as long as it takes. */
void command_queue_wait(CommandQueue *q, double seconds);

#endif
