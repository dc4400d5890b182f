package io.etlapi.execution;

import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.EJB;
import jakarta.ejb.Schedule;
import jakarta.ejb.ScheduleExpression;
import jakarta.ejb.Singleton;
import jakarta.ejb.Timeout;
import jakarta.ejb.Timer;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Instant;

/**
 * The clock of the clean-up: one daily timer that can be changed while the server runs, and the
 * minute tick that keeps the storage clock. Timers are not persistent: the schedule lies in the
 * storage folder and is set again at every start.
 */
@Singleton
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class CleanupTimer {

  private static final String NAME = "clean-up";

  @Resource private TimerService timers;

  @EJB private TaskManager tasks;

  @Inject private ControlDesk controls;

  /** Sets the daily timer in place of the one before. */
  public synchronized void set(CleanupSchedule schedule) {
    for (Timer timer : timers.getTimers()) {
      if (NAME.equals(timer.getInfo())) {
        timer.cancel();
      }
    }
    ScheduleExpression daily =
        new ScheduleExpression()
            .hour(schedule.hour())
            .minute(schedule.minute())
            .second(0)
            .timezone(schedule.zone().getId());
    timers.createCalendarTimer(daily, new TimerConfig(NAME, false));
  }

  /**
   * When the clean-up runs next.
   *
   * @throws IllegalStateException before the timer is set
   */
  public Instant next() {
    for (Timer timer : timers.getTimers()) {
      if (NAME.equals(timer.getInfo())) {
        return timer.getNextTimeout().toInstant();
      }
    }
    throw new IllegalStateException("the clean-up has no timer yet");
  }

  /** The daily clean-up. */
  @Timeout
  public void cleanUp() {
    tasks.cleanUp();
    controls.removeExpired();
  }

  /** Keeps the storage clock. */
  @Schedule(hour = "*", minute = "*", persistent = false)
  public void tick() {
    tasks.tick();
  }
}
