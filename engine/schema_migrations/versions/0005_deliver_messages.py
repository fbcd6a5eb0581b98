"""deliver messages."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('account') as account:
        account.add_column(sa.Column('daily_digest', sa.Boolean(), server_default=sa.false(), nullable=False, comment='what is not urgent comes together, once a day at 08:00 in Wales'))
    with op.batch_alter_table('outbox') as outbox:
        outbox.add_column(sa.Column('digest_at', sa.DateTime(timezone=True), nullable=True, comment='set: goes out at this moment, in one message with whatever else does'))
        outbox.add_column(sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True))
        outbox.add_column(sa.Column('why', sa.Text(), server_default='', nullable=False, comment='why it did not go out the last time: address, refused, limited, away, settings'))
    with op.batch_alter_table('notice') as notice:
        notice.add_column(sa.Column('posted_on', sa.Date(), nullable=True, comment='the day on which a letter was sent on by post'))
        notice.add_column(sa.Column('posted_by', sa.Uuid(), nullable=True))
        notice.create_foreign_key(op.f('fk_notice_posted_by_account'), 'account', ['posted_by'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('notice') as notice:
        notice.drop_constraint(op.f('fk_notice_posted_by_account'), type_='foreignkey')
        notice.drop_column('posted_by')
        notice.drop_column('posted_on')
    with op.batch_alter_table('outbox') as outbox:
        outbox.drop_column('why')
        outbox.drop_column('failed_at')
        outbox.drop_column('digest_at')
    with op.batch_alter_table('account') as account:
        account.drop_column('daily_digest')
