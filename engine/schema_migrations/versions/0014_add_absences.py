"""add absences."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('absence',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False, comment='who is away'),
    sa.Column('substitute_id', sa.Uuid(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False, comment='the last day away'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True, comment='the day from which nobody acts for them any more; null: as planned'),
    sa.Column('ended_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_absence_dates_in_order')),
    sa.CheckConstraint('substitute_id <> account_id', name=op.f('ck_absence_two_people')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_absence_account_id_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_absence_board_id_board')),
    sa.ForeignKeyConstraint(['ended_by'], ['account.id'], name=op.f('fk_absence_ended_by_account')),
    sa.ForeignKeyConstraint(['recorded_by'], ['account.id'], name=op.f('fk_absence_recorded_by_account')),
    sa.ForeignKeyConstraint(['substitute_id'], ['account.id'], name=op.f('fk_absence_substitute_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    op.create_index('ix_absence_account', 'absence', ['account_id', 'board_id'])
    op.create_index('ix_absence_substitute', 'absence', ['substitute_id', 'board_id'])


def downgrade() -> None:
    op.drop_table('absence')
